"""Content lookup of some heads in the memory before or after the step: plain, or masked, or with epsilon elsewhere."""

from __future__ import annotations

from memviz.ops.content import content_weights, content_weights_vjp
from memviz.ops.kernel import part
from memviz.ops.masked_content import masked_content, masked_content_vjp


@part
def content(options, tape, seen, t, c, first, end):
    """Write where heads first..end-1 (reads first) find their keys in the memory at index seen of the tape."""
    memory, key, strength = tape.memory[seen, c], tape.vector[t, c, first:end], tape.strength[t, c, first:end]
    similarity, out, epsilon = tape.similarity[t, c, first:end], tape.content[t, c, first:end], options.cosine_epsilon
    if options.masked or options.outside:
        mask, norm = tape.mask[t, c, first:end], tape.norm[t, c, first:end]
        masked_content(memory, key, strength, mask, epsilon, options.outside, norm, similarity, out)
    else:
        content_weights(memory, tape.inverse[seen, c], key, strength, epsilon, similarity, out)


@part
def content_vjp(options, tape, d, room, seen, t, c, first, end):
    """Add into the gradient of that memory; write those of keys, strengths and masks."""
    now, dmemory = t % d.vector.shape[0], d.memory[seen % d.memory.shape[0], c]
    memory, key, strength = tape.memory[seen, c], tape.vector[t, c, first:end], tape.strength[t, c, first:end]
    similarity, out, epsilon = tape.similarity[t, c, first:end], tape.content[t, c, first:end], options.cosine_epsilon
    dout, dkey, dstrength = d.content[now, c, first:end], d.vector[now, c, first:end], d.strength[now, c, first:end]
    dkey[:, :] = 0
    dstrength[:] = 0
    if options.masked or options.outside:
        mask, norm, dmask = tape.mask[t, c, first:end], tape.norm[t, c, first:end], d.mask[now, c, first:end]
        dmask[:, :] = 0
        saved = (memory, key, strength, mask, epsilon, options.outside, norm, similarity, out)
        masked_content_vjp(*saved, dout, dmemory, dkey, dstrength, dmask, room[:2])
    else:
        saved = (memory, tape.inverse[seen, c], key, strength, epsilon, similarity, out)
        content_weights_vjp(*saved, dout, dmemory, dkey, dstrength, room[: end - first + 1])
