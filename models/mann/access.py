"""Where the heads write and read, and what they do there: one step of one episode, forward and backward.

    writing = gate last reading + (1 - gate) least used    memory = retention memory + sum over heads of writing word
    reading = softmax(strength cos(memory, key))           usage  = decay usage + all reading + all writing
    read vector = sum over slots of reading memory

Source: Santoro et al. 2016 (MANN), equations 2 to 8; each line is an op of memviz/ops. Which slots are least used, and
hence retention, are constants in the backward.
"""

from __future__ import annotations

from memviz.ops.content import content_weights, content_weights_vjp, inverse_norms
from memviz.ops.copy import copy
from memviz.ops.edit import edit
from memviz.ops.interpolate import interpolate, interpolate_vjp
from memviz.ops.keep_add import keep_add, keep_add_vjp
from memviz.ops.kernel import part
from memviz.ops.least_used import decay_usage, least_used
from memviz.ops.read import read, read_vjp


@part
def write(options, tape, edits, t, c):
    """Write where the heads write, and the memory after it."""
    least, retention, writing = tape.least[t, c], tape.retention[t, c], tape.writing[t, c]
    least_used(tape.usage[t, c], options.tie, options.shared, options.clear_all, least, retention)
    if edits is not None:
        edit(least.reshape(-1), edits.least[t].reshape(-1))
        edit(retention, edits.retention[t])
    for h in range(writing.shape[0]):
        interpolate(tape.reading[t, c, h], least[h], tape.gate[t, c, h], writing[h])
    if edits is not None:
        edit(writing.reshape(-1), edits.writing[t].reshape(-1))
    words = tape.add[t, c] if options.own else tape.key[t, c]
    keep_add(tape.memory[t, c], retention, writing, words, tape.memory[t + 1, c])
    if edits is not None:
        edit(tape.memory[t + 1, c].reshape(-1), edits.memory[t].reshape(-1))


@part
def write_vjp(options, tape, d, t, c):
    """Turn the gradient of the memory after the step into that of the memory before; write those of the weightings.

    Adds into the gradient of the words.
    """
    at, dmemory = t % d.writing.shape[0], d.memory[t % d.memory.shape[0], c]
    dwriting, dlast, dleast = d.writing[at, c], d.reading[t % d.reading.shape[0], c], d.least[at, c]
    words = tape.add[t, c] if options.own else tape.key[t, c]
    dwords = d.add[at, c] if options.own else d.key[at, c]
    d.retention[at, c][:] = 0
    dwriting[:] = 0
    saved = tape.memory[t, c], tape.retention[t, c], tape.writing[t, c], words
    keep_add_vjp(*saved, dmemory, d.retention[at, c], dwriting, dwords)
    dlast[:] = 0
    dleast[:] = 0
    for h in range(dwriting.shape[0]):
        last, least, gate = tape.reading[t, c, h], tape.least[t, c, h], tape.gate[t, c, h]
        d.gate[at, c, h] = interpolate_vjp(last, least, gate, dwriting[h], dlast[h], dleast[h])


@part
def address(options, tape, edits, t, c):
    """Write where the heads read, and the usage after the step."""
    memory, inverse = tape.memory[t if options.previous else t + 1, c], tape.inverse[t, c]
    key, strength, reading = tape.key[t, c], tape.strength[t, c], tape.reading[t + 1, c]
    inverse_norms(memory, options.cosine_epsilon, inverse)
    content_weights(memory, inverse, key, strength, options.cosine_epsilon, tape.similarity[t, c], reading)
    usage = tape.usage[t + 1, c]
    if edits is not None:
        edit(reading.reshape(-1), edits.reading[t].reshape(-1))
    decay_usage(tape.usage[t, c], usage.dtype.type(options.decay), reading, tape.writing[t, c], usage)
    if edits is not None:
        edit(usage, edits.usage[t])


@part
def read_words(options, tape, edits, t, c, words):
    """Write what the heads read into words (H W,)."""
    seen, W = tape.memory[t if options.previous else t + 1, c], tape.key.shape[3]
    for h in range(tape.key.shape[2]):
        word = words[h * W : (h + 1) * W]
        read(seen, tape.reading[t + 1, c, h], word)
        if edits is not None:
            edit(word, edits.read_vector[t, h])


@part
def look_vjp(options, tape, d, room, t, c, dseen, dwords):
    """Through read_words and address: add into the gradients of the memory seen, of keys and of strengths."""
    seen, W = tape.memory[t if options.previous else t + 1, c], tape.key.shape[3]
    at, dreading = t % d.key.shape[0], d.reading[(t + 1) % d.reading.shape[0], c]
    for h in range(tape.key.shape[2]):
        read_vjp(seen, tape.reading[t + 1, c, h], dwords[h * W : (h + 1) * W], dseen, dreading[h])
    saved = seen, tape.inverse[t, c], tape.key[t, c], tape.strength[t, c], options.cosine_epsilon
    given = tape.similarity[t, c], tape.reading[t + 1, c], dreading, dseen
    content_weights_vjp(*saved, *given, d.key[at, c], d.strength[at, c], room)


@part
def memory_vjp(options, tape, d, room, t, c, dwords):
    """Through read, address and write of one step: all gradients of the memory unit from those of what it said."""
    last, at = d.memory.shape[0], t % d.key.shape[0]
    after, before = d.memory[(t + 1) % last, c], d.memory[t % last, c]
    d.key[at, c][:] = 0
    d.add[at, c][:] = 0
    d.strength[at, c][:] = 0
    if not options.previous:
        look_vjp(options, tape, d, room, t, c, after, dwords)
    if last > 1:
        copy(after.reshape(-1), before.reshape(-1))
    write_vjp(options, tape, d, t, c)
    if options.previous:
        look_vjp(options, tape, d, room, t, c, before, dwords)
