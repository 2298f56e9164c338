"""Where the heads go, in four stages, and what they do there: one step of one episode, forward and backward.

    content      = softmax(strength cos(memory, key))        interpolated = gate content + (1 - gate) last weighting
    shifted      = interpolated moved by the shift           weighting    = shifted^sharpness, normalised
    memory       = memory (1 - w erase) + w add, write heads in turn;    read vector = sum over slots of w memory

Source: Graves, Wayne, Danihelka 2014 (NTM), equations 2 to 9; each stage is an op of memviz/ops.
"""

from __future__ import annotations

from memviz.ops.content import content_weights, content_weights_vjp, inverse_norms
from memviz.ops.copy import copy
from memviz.ops.edit import edit
from memviz.ops.erase_add import erase_add, erase_add_vjp
from memviz.ops.interpolate import interpolate, interpolate_vjp
from memviz.ops.kernel import part
from memviz.ops.read import read, read_vjp
from memviz.ops.sharpen import sharpen, sharpen_vjp
from memviz.ops.shift import shift, shift_vjp


@part
def address(options, tape, edits, t, c):
    """Write the four stages of all heads."""
    memory, inverse, epsilon = tape.memory[t, c], tape.inverse[t, c], options.cosine_epsilon
    inverse_norms(memory, epsilon, inverse)
    similarity, content = tape.similarity[t, c], tape.content[t, c]
    content_weights(memory, inverse, tape.key[t, c], tape.strength[t, c], epsilon, similarity, content)
    if edits is not None:
        edit(content.reshape(-1), edits.content[t].reshape(-1))
    for h in range(content.shape[0]):
        interpolated, shifted = tape.interpolated[t, c, h], tape.shifted[t, c, h]
        interpolate(content[h], tape.weighting[t, c, h], tape.gate[t, c, h], interpolated)
        if edits is not None:
            edit(interpolated, edits.interpolated[t, h])
        shift(interpolated, tape.shift[t, c, h], shifted)
        if edits is not None:
            edit(shifted, edits.shifted[t, h])
        weighting, logs = tape.weighting[t + 1, c, h], tape.logs[t, c, h]
        sharpen(shifted, tape.sharpness[t, c, h], options.sharpen_tiny, logs, weighting)
        if edits is not None:
            edit(weighting, edits.weighting[t, h])


@part
def address_vjp(options, tape, d, room, t, c):
    """Add into the gradient of the memory before the step, write those of the last weightings and of what was told."""
    at, two = t % d.key.shape[0], d.weighting.shape[0]
    d.content[at, c][:] = 0
    for h in range(d.content.shape[2]):
        dinterpolated, dshifted = d.interpolated[at, c, h], d.shifted[at, c, h]
        dweighting, dlast, dshift = d.weighting[(t + 1) % two, c, h], d.weighting[t % two, c, h], d.shift[at, c, h]
        dinterpolated[:] = 0
        dshifted[:] = 0
        dlast[:] = 0
        dshift[:] = 0
        shifted, weighting, sharpness = tape.shifted[t, c, h], tape.weighting[t + 1, c, h], tape.sharpness[t, c, h]
        d.sharpness[at, c, h] = sharpen_vjp(
            shifted, sharpness, options.sharpen_tiny, tape.logs[t, c, h], weighting, dweighting, dshifted
        )
        shift_vjp(tape.interpolated[t, c, h], tape.shift[t, c, h], dshifted, dinterpolated, dshift)
        content, last, gate = tape.content[t, c, h], tape.weighting[t, c, h], tape.gate[t, c, h]
        d.gate[at, c, h] = interpolate_vjp(content, last, gate, dinterpolated, d.content[at, c, h], dlast)
    d.key[at, c][:] = 0
    d.strength[at, c][:] = 0
    saved = (tape.memory[t, c], tape.inverse[t, c], tape.key[t, c], tape.strength[t, c], options.cosine_epsilon)
    given = (tape.similarity[t, c], tape.content[t, c], d.content[at, c], d.memory[t % d.memory.shape[0], c])
    content_weights_vjp(*saved, *given, d.key[at, c], d.strength[at, c], room)


@part
def write(tape, edits, t, c):
    """Write the memory after the step: every write head in turn."""
    reads, writes = tape.key.shape[2] - tape.add.shape[2], tape.add.shape[2]
    for h in range(writes):
        before = tape.memory[t, c] if h == 0 else tape.between[t, c, h - 1]
        after = tape.memory[t + 1, c] if h == writes - 1 else tape.between[t, c, h]
        erase_add(before, tape.weighting[t + 1, c, reads + h], tape.erase[t, c, h], tape.add[t, c, h], after)
    if edits is not None:
        edit(tape.memory[t + 1, c].reshape(-1), edits.memory[t].reshape(-1))


@part
def write_vjp(tape, d, t, c):
    """Turn the gradient of the memory after the step into that of the memory before; add into the weightings'."""
    reads, writes = tape.key.shape[2] - tape.add.shape[2], tape.add.shape[2]
    at, dweighting = t % d.add.shape[0], d.weighting[(t + 1) % d.weighting.shape[0], c]
    dmemory = d.memory[t % d.memory.shape[0], c]
    d.erase[at, c][:] = 0
    d.add[at, c][:] = 0
    for h in range(writes - 1, -1, -1):
        before = tape.memory[t, c] if h == 0 else tape.between[t, c, h - 1]
        weighting, erase, add = tape.weighting[t + 1, c, reads + h], tape.erase[t, c, h], tape.add[t, c, h]
        derase, dadd = d.erase[at, c, h], d.add[at, c, h]
        erase_add_vjp(before, weighting, erase, add, dmemory, dweighting[reads + h], derase, dadd)


@part
def read_words(options, tape, edits, t, c, words):
    """Write what the read heads read into words (R W,)."""
    seen, W = tape.memory[t if options.previous else t + 1, c], tape.key.shape[3]
    for h in range(tape.key.shape[2] - tape.add.shape[2]):
        word = words[h * W : (h + 1) * W]
        read(seen, tape.weighting[t + 1, c, h], word)
        if edits is not None:
            edit(word, edits.read_vector[t, h])


@part
def read_words_vjp(tape, d, t, c, seen, dseen, dwords):
    """Add into the gradients of the memory seen (at index seen of the tape) and of the read weightings."""
    W, dweighting = tape.key.shape[3], d.weighting[(t + 1) % d.weighting.shape[0], c]
    for h in range(tape.key.shape[2] - tape.add.shape[2]):
        read_vjp(tape.memory[seen, c], tape.weighting[t + 1, c, h], dwords[h * W : (h + 1) * W], dseen, dweighting[h])


@part
def memory_vjp(options, tape, d, room, t, c, dwords):
    """Through read, write and address of one step: all gradients of the memory unit from those of what it said."""
    last = d.memory.shape[0]
    after, before = d.memory[(t + 1) % last, c], d.memory[t % last, c]
    if not options.previous:
        read_words_vjp(tape, d, t, c, t + 1, after, dwords)
    if last > 1:
        copy(after.reshape(-1), before.reshape(-1))
    write_vjp(tape, d, t, c)
    if options.previous:
        read_words_vjp(tape, d, t, c, t, before, dwords)
    address_vjp(options, tape, d, room, t, c)
