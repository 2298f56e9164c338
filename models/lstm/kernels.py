"""The LSTM over whole episodes: forward through time, the loss, and backward through time, in one call a chunk."""

from __future__ import annotations

from itertools import accumulate
from typing import NamedTuple

import numpy as np

from memviz.ops.clip import clip, clip_vjp
from memviz.ops.copy import copy
from memviz.ops.edit import edit
from memviz.ops.kernel import kernel, part
from memviz.ops.loss import chunk_loss
from memviz.ops.lstm import lstm, lstm_vjp, say
from memviz.ops.matmul import matmul, matmul_add
from memviz.ops.transpose import transpose

Array = np.ndarray


class Parameters(NamedTuple):
    """The parameter blocks, or their gradients."""

    controller: Array
    output: Array
    hidden_start: Array
    cell_start: Array


class Tape(NamedTuple):
    """Everything that forward writes and backward reads."""

    rows: Array  # (T + 1, C, hidden + 1 + X) [h | 1 | x]: h of the step before, x of this one
    gates: Array  # (T, C, 4 hidden)
    cell: Array  # (T + 1, C, hidden), the first before step 0
    squashed: Array  # (T, C, hidden) tanh(cell)
    logits: Array  # (T, C, Y)


class Gradients(NamedTuple):
    """dL/d of what Tape has under the same name, and the transposed weights through which it flows back."""

    rows: Array  # (T + 1, C, hidden + 1)
    gates: Array
    cell: Array
    logits: Array
    controller: Array  # (4 hidden, hidden + 1)
    output: Array  # (Y, hidden + 1)


@part
def forward(limit, params, inputs, tape, edits):
    """Fill the tape; limit: of the logits, 0 = none."""
    T, C, X = inputs.shape
    hidden, Y = params.hidden_start.shape[0], tape.logits.shape[2]
    for c in range(C):
        copy(params.hidden_start, tape.rows[0, c, :hidden])
        copy(params.cell_start, tape.cell[0, c])
        for t in range(T):
            tape.rows[t, c, hidden] = 1
            copy(inputs[t, c], tape.rows[t, c, hidden + 1 :])
        tape.rows[T, c, hidden] = 1
    for t in range(T):
        matmul(tape.rows[t], params.controller, tape.gates[t])
        for c in range(C):
            h = tape.rows[t + 1, c, :hidden]
            lstm(tape.gates[t, c], tape.cell[t, c], tape.cell[t + 1, c], tape.squashed[t, c], h)
            if edits is not None:
                edit(tape.cell[t + 1, c], edits.cell[t])
                say(tape.gates[t, c], tape.cell[t + 1, c], tape.squashed[t, c], h)
                edit(h, edits.hidden[t])
    said = tape.rows[1:].reshape(T * C, hidden + 1 + X)[:, : hidden + 1]
    matmul(said, params.output, tape.logits.reshape(T * C, Y))
    if limit > 0:
        clip(tape.logits.reshape(-1), tape.logits.dtype.type(limit))


@part
def backward(limit, params, grads, tape, d):
    """Back through time from d.logits; adds into grads and leaves the gradients of all that the tape holds."""
    T, C, Y = tape.logits.shape
    hidden, one_more = params.hidden_start.shape[0], params.output.shape[0]
    transpose(params.controller[:one_more], d.controller)
    transpose(params.output, d.output)
    if limit > 0:
        clip_vjp(tape.logits.reshape(-1), tape.logits.dtype.type(limit), d.logits.reshape(-1))
    dlogits, rows = d.logits.reshape(T * C, Y), tape.rows.reshape((T + 1) * C, tape.rows.shape[2])
    d.rows[0][:] = 0
    matmul(dlogits, d.output, d.rows[1:].reshape(T * C, one_more))
    d.cell[:] = 0
    d.gates[:] = 0
    for t in range(T - 1, -1, -1):
        for c in range(C):
            dh, dcell, dbefore = d.rows[t + 1, c, :hidden], d.cell[t + 1, c], d.cell[t, c]
            lstm_vjp(tape.gates[t, c], tape.cell[t, c], tape.squashed[t, c], dh, dcell, d.gates[t, c], dbefore)
        matmul_add(d.gates[t], d.controller, d.rows[t])
    matmul_add(rows[: T * C].T, d.gates.reshape(T * C, 4 * hidden), grads.controller)
    matmul_add(rows[C:, :one_more].T, dlogits, grads.output)
    for c in range(C):
        for j in range(hidden):
            grads.hidden_start[j] += d.rows[0, c, j]
        for j in range(hidden):
            grads.cell_start[j] += d.cell[0, c, j]


TO_GRADS, TO_TAPE, TO_GRADIENTS = accumulate(len(part._fields) for part in (Parameters, Parameters, Tape))


@kernel
def what_if(limit, params, inputs, tape, edits):
    """Fill the tape, with edits on the way."""
    forward(limit, params, inputs, tape, edits)


@kernel
def chunk(inputs, targets, mask, limit, classes, scale, learn, *rest):
    """Forward, loss and - if `learn` - backward of a chunk; returns (nats, wrong).

    rest: Parameters, their gradients, Tape, Gradients, one after the other.
    """
    params, grads = Parameters(*rest[:TO_GRADS]), Parameters(*rest[TO_GRADS:TO_TAPE])
    tape, d = Tape(*rest[TO_TAPE:TO_GRADIENTS]), Gradients(*rest[TO_GRADIENTS:])
    forward(limit, params, inputs, tape, None)
    nats, wrong = chunk_loss(tape.logits, targets, mask, classes, scale, d.logits)
    if learn:
        backward(limit, params, grads, tape, d)
    return nats, wrong
