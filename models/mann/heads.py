"""What the controller says to the heads, taken apart: keys, words to write, write gates, key strengths.

One episode's row of sums (P,) holds key | add | gate | strength, each for all heads; add and strength may be absent.

    key, add  = x or tanh(x)        gate = sigmoid(x)        strength = 1, or softplus(x), or 1 + softplus(x)

Source: Santoro et al. 2016 (MANN), section 3.1 and equation 7; a strength as in Graves et al. 2014.
"""

from __future__ import annotations

from memviz.ops.clip import clip, clip_vjp
from memviz.ops.kernel import part
from memviz.ops.squash import squash, squash_vjp
from memviz.ops.vectormath import oneplus, sigmoid, softplus


@part
def heads(options, sums, tape, t, c):
    """Write key, add, gate and strength of one step of one episode; clips sums in place."""
    count, W = tape.key.shape[2], tape.key.shape[3]
    add = count * W
    gate = add + tape.add.shape[2] * W
    strength = gate + count
    if options.clip > 0:
        clip(sums, sums.dtype.type(options.clip))
    squash(sums[:add], options.tanh, tape.key[t, c].reshape(-1))
    squash(sums[add:gate], options.tanh, tape.add[t, c].reshape(-1))
    for h in range(count):
        tape.gate[t, c, h] = sigmoid(sums[gate + h])
        tape.strength[t, c, h] = 1
        if options.strength:
            x = sums[strength + h]
            tape.strength[t, c, h] = oneplus(x) if options.oneplus else softplus(x)


@part
def heads_vjp(options, sums, tape, d, t, c, dsums):
    """Write dsums (P,) from the gradients of the pieces."""
    count, W, at = tape.key.shape[2], tape.key.shape[3], t % d.key.shape[0]
    one, add = sums.dtype.type(1), count * W
    gate = add + tape.add.shape[2] * W
    strength = gate + count
    squash_vjp(tape.key[t, c].reshape(-1), options.tanh, d.key[at, c].reshape(-1), dsums[:add])
    squash_vjp(tape.add[t, c].reshape(-1), options.tanh, d.add[at, c].reshape(-1), dsums[add:gate])
    for h in range(count):
        g = tape.gate[t, c, h]
        dsums[gate + h] = d.gate[at, c, h] * g * (one - g)
        if options.strength:  # softplus'(x) = sigmoid(x), and so is oneplus'
            dsums[strength + h] = d.strength[at, c, h] * sigmoid(sums[strength + h])
    if options.clip > 0:
        clip_vjp(sums, sums.dtype.type(options.clip), dsums)
