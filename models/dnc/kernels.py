"""The DNC over whole episodes: forward through time, the loss, and backward through time, in one call a chunk."""

from __future__ import annotations

from itertools import accumulate

from memviz.models.dnc.layout import Gradients, Options, Parameters, Tape, Work
from memviz.models.dnc.step import step, step_vjp
from memviz.ops.content import inverse_norms
from memviz.ops.controller import controller_weights_vjp
from memviz.ops.copy import copy
from memviz.ops.frame import (
    answer,
    answer_vjp,
    begin_rows,
    memory_start_vjp,
    start_weightings,
    start_weightings_vjp,
    weights_vjp,
)
from memviz.ops.kernel import kernel, part
from memviz.ops.linkage import linkage
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
        inverse_norms(tape.memory[0, c], options.cosine_epsilon, tape.inverse[0, c])
        copy(params.usage_start, tape.usage[0, c])
        copy(params.precedence_start, tape.precedence[0, c])
        copy(params.link_start.reshape(-1), tape.link[0, c].reshape(-1))
        start_weightings(options.learned_start, params.read_start_logits, tape.read_weighting[0, c])
        start_weightings(options.learned_start, params.write_start_logits, tape.write_weighting[0, c : c + 1])


@part
def forward(options, params, inputs, memory, tape, work, edits):
    """Fill the tape; of the links only the last segment, and those before every segment."""
    start(options, params, inputs, memory, tape)
    steps = tape.link.shape[0] - 1
    for t in range(inputs.shape[0]):
        j = t % steps
        if j == 0:
            begin_segment(tape, t // steps, t > 0)
        step(options, params, tape, work, edits, t, j)
    answer(0, params.output, tape.rows[1:], tape.logits)


@part
def begin_segment(tape, segment, more):
    """Keep the links before the first step of a segment; those after the last one's end are where it begins."""
    steps = tape.link.shape[0] - 1
    if more:
        copy(tape.link[steps].reshape(-1), tape.link[0].reshape(-1))
    if tape.kept.shape[0] > 0:
        copy(tape.link[0].reshape(-1), tape.kept[segment].reshape(-1))


@part
def repeat_segment(tape, first, end):
    """Write the links of steps first..end-1 once more, from those kept."""
    copy(tape.kept[first // (tape.link.shape[0] - 1)].reshape(-1), tape.link[0].reshape(-1))
    for t in range(first, end):
        for c in range(tape.rows.shape[1]):
            before, after = tape.link[t - first, c], tape.link[t - first + 1, c]
            linkage(before, tape.write_weighting[t + 1, c], tape.precedence[t, c], after)


@part
def backward(options, params, grads, tape, d, work):
    """Back through time from d.logits; adds into grads and leaves the gradients of all that the tape holds."""
    T = tape.logits.shape[0]
    transpose(params.controller[: work.controller.shape[1]], work.controller)
    for deeper in range(work.deeper.shape[0]):
        transpose(params.deeper[deeper, : work.deeper.shape[2]], work.deeper[deeper])
    transpose(params.heads, work.heads)
    transpose(params.output, work.output)
    d.rows[0][:] = 0
    answer_vjp(0, work.output, tape.logits, d.logits, d.rows[1:])
    end_of_time(tape, d)
    steps = tape.link.shape[0] - 1
    for t in range(T - 1, -1, -1):
        j = t % steps
        if options.links and t < T - 1 and j == steps - 1:
            repeat_segment(tape, t - j, t + 1)
        step_vjp(options, work, tape, d, t, j)
    controller_weights_vjp(options.lstm, 0, tape, d, grads.controller)
    for deeper in range(work.deeper.shape[0]):
        controller_weights_vjp(options.lstm, deeper + 1, tape, d, grads.deeper[deeper])
    weights_vjp(tape.rows[1:], d.sums, grads.heads)
    weights_vjp(tape.rows[1:], d.logits, grads.output)


@part
def end_of_time(tape, d):
    """Nothing comes after the last step."""
    T = tape.logits.shape[0]
    d.memory[T % d.memory.shape[0]][:] = 0
    d.link[T % d.link.shape[0]][:] = 0
    d.cell[T % d.cell.shape[0]][:] = 0
    d.usage[T % d.usage.shape[0]][:] = 0
    d.precedence[T % d.precedence.shape[0]][:] = 0
    d.write_weighting[T % d.write_weighting.shape[0]][:] = 0
    d.read_weighting[T % d.read_weighting.shape[0]][:] = 0


@part
def start_vjp(options, params, carried, tape, d, grads):
    """Add the gradients of what is learned and holds before step 0."""
    for c in range(tape.rows.shape[1]):
        if options.learned_start:
            read, dread = tape.read_weighting[0, c], d.read_weighting[0, c]
            start_weightings_vjp(params.read_start_logits, read, dread, grads.read_start_logits)
            write, dwrite = tape.write_weighting[0, c : c + 1], d.write_weighting[0, c : c + 1]
            start_weightings_vjp(params.write_start_logits, write, dwrite, grads.write_start_logits)
        if options.learned_memory and not carried:
            memory_start_vjp(d.memory[0, c], grads.memory_start)


@kernel
def what_if(options, params, inputs, memory, tape, work, edits):
    """Fill the tape, with edits on the way."""
    forward(options, params, inputs, memory, tape, work, edits)


@kernel
def chunk(inputs, targets, mask, memory, scale, learn, *rest):
    """Forward, loss and - if `learn` - backward of a chunk; returns (nats, wrong).

    rest: Options, Parameters, their gradients, Tape, Gradients, Work, one after the other (numba is several times
    quicker with plain arguments than with named tuples).
    """
    options, params = Options(*rest[:TO_PARAMETERS]), Parameters(*rest[TO_PARAMETERS:TO_GRADS])
    grads, tape = Parameters(*rest[TO_GRADS:TO_TAPE]), Tape(*rest[TO_TAPE:TO_GRADIENTS])
    d, work = Gradients(*rest[TO_GRADIENTS:TO_WORK]), Work(*rest[TO_WORK:])
    forward(options, params, inputs, memory, tape, work, None)
    nats, wrong = chunk_loss(tape.logits, targets, mask, options.classes, scale, d.logits)
    if learn:
        backward(options, params, grads, tape, d, work)
        start_vjp(options, params, memory.shape[0] > 0, tape, d, grads)
    T = inputs.shape[0]
    for c in range(memory.shape[0]):
        transpose(tape.memory[T, c], memory[c])
    return nats, wrong
