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


class Options(NamedTuple):
    """The config's choices, as kernels want them."""

    classes: bool  # the outputs exclude each other
    clip: float  # of the logits, 0 = off


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
    """dL/d of what Tape has under the same name."""

    rows: Array  # (T + 1, C, hidden + 1): no gradient flows into x
    gates: Array
    cell: Array
    logits: Array


class Work(NamedTuple):
    """Transposed weights: what flows back goes through the same weights the other way."""

    controller: Array  # (4 hidden, hidden + 1)
    output: Array  # (Y, hidden + 1)


PARTS = (Options, Parameters, Parameters, Tape, Gradients)  # and Work: what `chunk` takes field by field
TO_PARAMETERS, TO_GRADS, TO_TAPE, TO_GRADIENTS, TO_WORK = accumulate(len(part._fields) for part in PARTS)


@part
def forward(options, params, inputs, tape, edits):
    """Fill the tape."""
    begin_rows(True, params.hidden_start, params.cell_start, params.cell_start[:0], inputs, tape.rows, tape.cell)
    for t in range(inputs.shape[0]):
        controller(True, 0, params.controller, tape, edits, t)
    answer(options.clip, params.output, tape.rows[1:], tape.logits)


@part
def backward(options, params, grads, tape, d, work):
    """Back through time from d.logits; adds into grads and leaves the gradients of all that the tape holds."""
    T, hidden = tape.logits.shape[0], params.hidden_start.shape[0]
    transpose(params.controller[: hidden + 1], work.controller)
    transpose(params.output, work.output)
    d.rows[0][:] = 0
    d.cell[T][:] = 0
    answer_vjp(options.clip, work.output, tape.logits, d.logits, d.rows[1:])
    for t in range(T - 1, -1, -1):
        controller_vjp(True, 0, work.controller, tape, d, t)
    controller_weights_vjp(True, 0, tape, d, grads.controller)
    weights_vjp(tape.rows[1:], d.logits, grads.output)
    begin_rows_vjp(True, d.rows, d.cell, grads.hidden_start, grads.cell_start, grads.cell_start[:0])


@kernel
def what_if(options, params, inputs, memory, tape, work, edits):
    """Fill the tape, with edits on the way; there is no memory."""
    forward(options, params, inputs, tape, edits)


@kernel
def chunk(inputs, targets, mask, memory, scale, learn, *rest):
    """Forward, loss and - if `learn` - backward of a chunk; returns (nats, wrong). There is no memory.

    rest: Options, Parameters, their gradients, Tape, Gradients, Work, one after the other (numba is several times
    quicker with plain arguments than with named tuples).
    """
    options, params = Options(*rest[:TO_PARAMETERS]), Parameters(*rest[TO_PARAMETERS:TO_GRADS])
    grads, tape = Parameters(*rest[TO_GRADS:TO_TAPE]), Tape(*rest[TO_TAPE:TO_GRADIENTS])
    d, work = Gradients(*rest[TO_GRADIENTS:TO_WORK]), Work(*rest[TO_WORK:])
    forward(options, params, inputs, tape, None)
    nats, wrong = chunk_loss(tape.logits, targets, mask, options.classes, scale, d.logits)
    if learn:
        backward(options, params, grads, tape, d, work)
    return nats, wrong
