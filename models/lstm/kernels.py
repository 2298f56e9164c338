"""The LSTM over whole episodes: forward through time, the loss, and backward through time, in one call a chunk."""

from __future__ import annotations

from itertools import accumulate
from typing import NamedTuple

from memviz.contracts.model import Array
from memviz.ops.controller import controller, controller_vjp, controller_weights_vjp
from memviz.ops.frame import answer, answer_vjp, begin_rows, begin_rows_vjp, weights_vjp
from memviz.ops.kernel import kernel, part
from memviz.ops.loss import chunk_loss
from memviz.ops.transpose import transpose


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
    begin_rows(True, params.hidden_start, params.cell_start, params.cell_start[:0], inputs, tape.rows, tape.cell)
    for t in range(inputs.shape[0]):
        controller(True, 0, params.controller, tape, edits, t)
    answer(limit, params.output, tape.rows[1:], tape.logits)


@part
def backward(limit, params, grads, tape, d):
    """Back through time from d.logits; adds into grads and leaves the gradients of all that the tape holds."""
    T, hidden = tape.logits.shape[0], params.hidden_start.shape[0]
    transpose(params.controller[: hidden + 1], d.controller)
    transpose(params.output, d.output)
    d.rows[0][:] = 0
    d.cell[T][:] = 0
    answer_vjp(limit, d.output, tape.logits, d.logits, d.rows[1:])
    for t in range(T - 1, -1, -1):
        controller_vjp(True, 0, d.controller, tape, d, t)
    controller_weights_vjp(True, 0, tape, d, grads.controller)
    weights_vjp(tape.rows[1:], d.logits, grads.output)
    begin_rows_vjp(True, d.rows, d.cell, grads.hidden_start, grads.cell_start, grads.cell_start[:0])


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
