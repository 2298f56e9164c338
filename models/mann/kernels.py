"""The network over whole episodes: forward through time, the loss, and backward through time, in one call a chunk."""

from __future__ import annotations

from itertools import accumulate

from memviz.models.mann.layout import Gradients, Options, Parameters, Tape, Work
from memviz.models.mann.step import step, step_vjp
from memviz.ops.controller import controller_weights_vjp
from memviz.ops.copy import copy
from memviz.ops.frame import (
    answer,
    answer_vjp,
    begin_rows,
    begin_rows_vjp,
    memory_start_vjp,
    start_weightings,
    start_weightings_vjp,
    weights_vjp,
)
from memviz.ops.kernel import kernel, part
from memviz.ops.loss import chunk_loss
from memviz.ops.transpose import transpose

PARTS = (Options, Parameters, Parameters, Tape, Gradients)  # and Work: what `chunk` takes field by field
TO_PARAMETERS, TO_GRADS, TO_TAPE, TO_GRADIENTS, TO_WORK = accumulate(len(part._fields) for part in PARTS)


@part
def start(options, params, inputs, memory, tape):
    """Write what holds before step 0, and the inputs and ones of every row; memory (C, N, W) or empty."""
    words = params.read_vector_start.reshape(-1)
    begin_rows(options.lstm, params.hidden_start, params.cell_start, words, inputs, tape.rows, tape.cell)
    for c in range(inputs.shape[1]):
        transpose(memory[c] if memory.shape[0] else params.memory_start, tape.memory[0, c])
        copy(params.usage_start, tape.usage[0, c])
        start_weightings(options.learned_start, params.read_start_logits, tape.reading[0, c])


@part
def forward(options, params, inputs, memory, tape, edits):
    """Fill the tape."""
    start(options, params, inputs, memory, tape)
    for t in range(inputs.shape[0]):
        step(options, params, tape, edits, t)
    answer(options.clip, params.output, tape.rows[1:], tape.logits)


@part
def backward(options, params, grads, tape, d, work):
    """Back through time from d.logits; adds into grads and leaves the gradients of all that the tape holds."""
    T = tape.logits.shape[0]
    transpose(params.controller[: work.controller.shape[1]], work.controller)
    transpose(params.heads, work.heads)
    transpose(params.output, work.output)
    d.rows[0][:] = 0
    answer_vjp(options.clip, work.output, tape.logits, d.logits, d.rows[1:])
    d.memory[T % d.memory.shape[0]][:] = 0
    d.reading[T % d.reading.shape[0]][:] = 0
    d.cell[T % d.cell.shape[0]][:] = 0
    for t in range(T - 1, -1, -1):
        step_vjp(options, work, tape, d, t)
    controller_weights_vjp(options.lstm, 0, tape, d, grads.controller)
    weights_vjp(tape.rows[1:], d.sums, grads.heads)
    weights_vjp(tape.rows[1:], d.logits, grads.output)


@part
def start_vjp(options, params, carried, tape, d, grads):
    """Add the gradients of what holds before step 0."""
    words = grads.read_vector_start.reshape(-1)
    begin_rows_vjp(options.lstm, d.rows, d.cell, grads.hidden_start, grads.cell_start, words)
    for c in range(tape.rows.shape[1]):
        if options.learned_start:
            logits, dlogits = params.read_start_logits, grads.read_start_logits
            start_weightings_vjp(logits, tape.reading[0, c], d.reading[0, c], dlogits)
        if options.learned_memory and not carried:
            memory_start_vjp(d.memory[0, c], grads.memory_start)


@kernel
def what_if(options, params, inputs, memory, tape, work, edits):
    """Fill the tape, with edits on the way."""
    forward(options, params, inputs, memory, tape, edits)


@kernel
def chunk(inputs, targets, mask, memory, scale, learn, *rest):
    """Forward, loss and - if `learn` - backward of a chunk; returns (nats, wrong).

    rest: Options, Parameters, their gradients, Tape, Gradients, Work, one after the other (numba is several times
    quicker with plain arguments than with named tuples).
    """
    options, params = Options(*rest[:TO_PARAMETERS]), Parameters(*rest[TO_PARAMETERS:TO_GRADS])
    grads, tape = Parameters(*rest[TO_GRADS:TO_TAPE]), Tape(*rest[TO_TAPE:TO_GRADIENTS])
    d, work = Gradients(*rest[TO_GRADIENTS:TO_WORK]), Work(*rest[TO_WORK:])
    forward(options, params, inputs, memory, tape, None)
    nats, wrong = chunk_loss(tape.logits, targets, mask, options.classes, scale, d.logits)
    if learn:
        backward(options, params, grads, tape, d, work)
        start_vjp(options, params, memory.shape[0] > 0, tape, d, grads)
    T = inputs.shape[0]
    for c in range(memory.shape[0]):
        transpose(tape.memory[T, c], memory[c])
    return nats, wrong
