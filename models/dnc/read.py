"""Order and reading: one step of one episode, forward and backward.

    links      = which slot was written right after which             precedence = which was written last
    along      = backward and forward along the links from where the heads read last, sharpened if asked
    weighting  = mode . (backward, content in the memory after the write, forward)
    words      = sum over slots of w memory

Source: Graves et al. 2016 (DNC), Methods, "Temporal link matrix" and "Read weighting"; sharpening: Csordas &
Schmidhuber 2019. Each line is an op.
"""

from __future__ import annotations

from memviz.models.dnc.content import content, content_vjp
from memviz.ops.copy import copy
from memviz.ops.edit import edit
from memviz.ops.follow import follow, follow_vjp
from memviz.ops.kernel import part
from memviz.ops.linkage import linkage, linkage_vjp
from memviz.ops.precedence import precedence, precedence_vjp
from memviz.ops.read import read, read_vjp
from memviz.ops.read_modes import read_modes, read_modes_vjp
from memviz.ops.sharpen import sharpen, sharpen_vjp
from memviz.ops.transpose import transpose


@part
def walk(options, tape, work, edits, t, j, c):
    """Write links (j steps into their segment), precedence, and where the links lead the heads."""
    w, last, link = tape.write_weighting[t + 1, c], tape.precedence[t, c], tape.link[j + 1, c]
    linkage(tape.link[j, c], w, last, link)
    precedence(last, w, tape.precedence[t + 1, c])
    if edits is not None:
        edit(tape.precedence[t + 1, c], edits.precedence[t])
        if edits.link.shape[0] > 0:
            edit(link.reshape(-1), edits.link[t])
    found, along = tape.found[t, c] if options.sharpen else tape.along[t, c], tape.along[t, c]
    follow(link, work.turned, tape.read_weighting[t, c], found[1], found[0])
    if options.sharpen:
        for way in range(2):
            for h in range(along.shape[1]):
                sharpness, logs = tape.sharpness[t, c, way, h], tape.logs[t, c, way, h]
                sharpen(found[way, h], sharpness, options.link_epsilon, logs, along[way, h])
    if edits is not None:
        edit(along.reshape(-1), edits.along[t])


@part
def walk_vjp(options, tape, d, work, t, j, c):
    """From the gradients of links, precedence and along to those of the step before; add into the weightings'."""
    two, now, last = d.usage.shape[0], t % d.vector.shape[0], d.link.shape[0]
    dafter, dlink = d.link[(t + 1) % last, c], d.link[t % last, c]
    dfound = d.found[now, c] if options.sharpen else d.along[now, c]
    if options.sharpen:
        dfound.reshape(-1)[:] = 0
        for way in range(2):
            for h in range(dfound.shape[1]):
                found, sharpness = tape.found[t, c, way, h], tape.sharpness[t, c, way, h]
                given = (tape.logs[t, c, way, h], tape.along[t, c, way, h], d.along[now, c, way, h])
                slope = sharpen_vjp(found, sharpness, options.link_epsilon, *given, dfound[way, h])
                d.sharpness[now, c, way, h] = slope
    seen, link = tape.read_weighting[t, c], tape.link[j + 1, c]
    transpose(link, work.turned)
    follow_vjp(link, work.turned, seen, dfound[1], dfound[0], dafter, d.read_weighting[t % two, c])
    if last > 1:
        copy(dafter.reshape(-1), dlink.reshape(-1))
    dw, dlast = d.write_weighting[(t + 1) % two, c], d.precedence[t % two, c]
    dlast[:] = 0
    w, before = tape.write_weighting[t + 1, c], tape.precedence[t, c]
    precedence_vjp(before, w, d.precedence[(t + 1) % two, c], dlast, dw)
    linkage_vjp(tape.link[j, c], w, before, dlink, dw, dlast)


@part
def read_words(options, tape, edits, t, c, words):
    """Write where the heads read, and what they read into words (R W,)."""
    R, W, weighting = tape.read_weighting.shape[2], tape.erase.shape[2], tape.read_weighting[t + 1, c]
    content(options, tape, t + 1, t, c, 0, R)
    found = tape.content[t, c, :R]
    if edits is not None:
        edit(found.reshape(-1), edits.content[t])
    if options.links:
        read_modes(tape.along[t, c, 0], found, tape.along[t, c, 1], tape.mode[t, c], weighting)
    else:
        copy(found.reshape(-1), weighting.reshape(-1))
    if edits is not None:
        edit(weighting.reshape(-1), edits.read_weighting[t])
    for h in range(R):
        read(tape.memory[t + 1, c], weighting[h], words[h * W : (h + 1) * W])
    if edits is not None:
        edit(words, edits.read_vector[t])


@part
def read_words_vjp(options, tape, d, room, t, c, dwords):
    """From the gradient of the words to those of memory and along; write those of what was told."""
    R, W, now = tape.read_weighting.shape[2], tape.erase.shape[2], t % d.vector.shape[0]
    dmemory = d.memory[(t + 1) % d.memory.shape[0], c]
    weighting, dweighting = tape.read_weighting[t + 1, c], d.read_weighting[(t + 1) % d.usage.shape[0], c]
    for h in range(R):
        read_vjp(tape.memory[t + 1, c], weighting[h], dwords[h * W : (h + 1) * W], dmemory, dweighting[h])
    found, dfound, along, dalong = tape.content[t, c, :R], d.content[now, c, :R], tape.along[t, c], d.along[now, c]
    if options.links:
        dfound[:, :] = 0
        dalong.reshape(-1)[:] = 0
        d.mode[now, c][:, :] = 0
        given = (along[0], found, along[1], tape.mode[t, c], dweighting)
        read_modes_vjp(*given, dalong[0], dfound, dalong[1], d.mode[now, c])
    else:
        copy(dweighting.reshape(-1), dfound.reshape(-1))
    content_vjp(options, tape, d, room, t + 1, t, c, 0, R)
