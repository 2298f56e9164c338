"""The network over whole episodes: forward through time, the loss, and backward through time, in one call a chunk."""

from __future__ import annotations

from itertools import accumulate

from memviz.models.keyvalue.layout import Gradients, Options, Parameters, Tape, Work
from memviz.models.keyvalue.step import encode, encode_vjp, remember, remember_vjp
from memviz.ops.content import inverse_norm
from memviz.ops.copy import copy
from memviz.ops.frame import answer, answer_vjp, weights_vjp
from memviz.ops.kernel import kernel, part
from memviz.ops.loss import chunk_loss
from memviz.ops.policies import FREE
from memviz.ops.transpose import transpose

PARTS = (Options, Parameters, Parameters, Tape, Gradients)  # and Work: what `chunk` takes field by field
TO_PARAMETERS, TO_GRADS, TO_TAPE, TO_GRADIENTS, TO_WORK = accumulate(len(part._fields) for part in PARTS)


@kernel
def unpack(rows, epsilon, keys, values, inverse, ledger):
    """Take the rows (N, 2 W + 5) of a memory apart."""
    W = keys.shape[1]
    for n in range(rows.shape[0]):
        copy(rows[n, :W], values[n])
        copy(rows[n, W : 2 * W], keys[n])
        inverse[n] = inverse_norm(keys[n], epsilon)
        for i in range(ledger.shape[0]):
            ledger[i, n] = rows[n, 2 * W + i]
        if ledger[0, n] < 0:
            ledger[0, n] = FREE


@kernel
def pack(keys, values, ledger, rows):
    """Write the rows (N, 2 W + 5) of a memory."""
    W = keys.shape[1]
    for n in range(rows.shape[0]):
        copy(values[n], rows[n, :W])
        copy(keys[n], rows[n, W : 2 * W])
        for i in range(ledger.shape[0]):
            rows[n, 2 * W + i] = ledger[i, n]


@part
def start(options, params, inputs, memory, tape):
    """Write what holds before step 0, and the inputs and ones of every step; memory (C, N, 2 W + 5) or empty."""
    T, C, X = inputs.shape
    hidden, past = params.heads.shape[0] - 1, params.past_start.shape[0]
    one, width = (1 + past) * X, params.read_vector_start.shape[0]
    last = tape.seen.shape[2]
    for c in range(C):
        for t in range(T):
            for p in range(past + 1):
                x = inputs[t - p, c] if t >= p else params.past_start[p - t - 1]
                copy(x, tape.seen[t, c, p * X : (p + 1) * X])
            tape.seen[t, c, one] = 1
            tape.said[t, c, hidden] = 1
        copy(params.hidden_start, tape.seen[0, c, one + 1 : last - width])
        copy(params.cell_start, tape.cell[0, c])
        copy(params.read_vector_start, tape.seen[0, c, last - width :])
        rows = memory[c] if memory.shape[0] else params.memory_start
        store = tape.keys[0, c], tape.values[0, c], tape.inverse[0, c], tape.ledger[0, c]
        unpack(rows, options.cosine_epsilon, *store)


@part
def forward(options, params, inputs, memory, tape, edits):
    """Fill the tape."""
    T = inputs.shape[0]
    recurrent = options.lstm or options.feedback
    start(options, params, inputs, memory, tape)
    at_once = 1 if recurrent else T
    for t in range(T):
        if t % at_once == 0:
            encode(options, params, tape, edits, t, t + at_once)
        remember(options, tape, edits, t)
    answer(options.clip, params.output, tape.said, tape.logits)


@part
def backward(options, params, grads, tape, d, work):
    """Back through time from d.logits; adds into grads and leaves the gradients of all that the tape holds."""
    T = tape.logits.shape[0]
    transpose(params.controller[tape.seen.shape[2] - d.tail.shape[2] :], work.controller)
    transpose(params.heads, work.heads)
    transpose(params.output, work.output)
    answer_vjp(options.clip, work.output, tape.logits, d.logits, d.said)
    d.keys[T % d.keys.shape[0]][:] = 0
    d.values[T % d.values.shape[0]][:] = 0
    d.cell[T][:] = 0
    d.tail[T][:] = 0
    at_once = 1 if options.lstm or options.feedback else T
    for t in range(T - 1, -1, -1):
        remember_vjp(options, tape, d, t)
        if t % at_once == 0:
            encode_vjp(options, work, tape, d, t, t + at_once)
    weights_vjp(tape.seen[:T], d.gates, grads.controller)
    weights_vjp(tape.said, d.sums, grads.heads)
    weights_vjp(tape.said, d.logits, grads.output)


@part
def start_vjp(params, tape, d, grads):
    """Add the gradients of what holds before step 0."""
    hidden, last = params.hidden_start.shape[0], d.tail.shape[2]
    for c in range(tape.seen.shape[1]):
        for j in range(hidden):
            grads.hidden_start[j] += d.tail[0, c, j]
            grads.cell_start[j] += d.cell[0, c, j]
        for j in range(hidden, last):
            grads.read_vector_start[j - hidden] += d.tail[0, c, j]


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
    last = inputs.shape[0] % tape.keys.shape[0]
    for c in range(memory.shape[0]):  # before the backward rolls it back
        pack(tape.keys[last, c], tape.values[last, c], tape.ledger[last, c], memory[c])
    nats, wrong = chunk_loss(tape.logits, targets, mask, options.classes, scale, d.logits)
    if learn:
        backward(options, params, grads, tape, d, work)
        start_vjp(params, tape, d, grads)
    return nats, wrong
