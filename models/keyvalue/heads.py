"""What the encoder says, taken apart: query, key, value, key strength, write gate.

One episode's row of sums (P,) holds query | key | value | strength | gate; strength and gate may be absent.

    query, key, value = x or tanh(x)    strength = softplus(x), or 1 + softplus(x)    gate = sigmoid(x), or 1
"""

from __future__ import annotations

from memviz.ops.clip import clip, clip_vjp
from memviz.ops.kernel import part
from memviz.ops.squash import squash, squash_vjp
from memviz.ops.vectormath import oneplus, sigmoid, softplus


@part
def heads(options, sums, tape, t, c):
    """Write query, key, value, strength and gate of one step of one episode; clips sums in place."""
    W = tape.key.shape[2]
    if options.clip > 0:
        clip(sums, sums.dtype.type(options.clip))
    squash(sums[:W], options.tanh, tape.query[t, c])
    squash(sums[W : 2 * W], options.tanh, tape.key[t, c])
    squash(sums[2 * W : 3 * W], options.tanh, tape.value[t, c])
    tape.strength[t, c] = tape.gate[t, c] = 1
    if not options.hard:
        tape.strength[t, c] = oneplus(sums[3 * W]) if options.oneplus else softplus(sums[3 * W])
    if options.gated:
        tape.gate[t, c] = sigmoid(sums[sums.shape[0] - 1])


@part
def heads_vjp(options, sums, tape, d, t, c, dsums):
    """Write dsums (P,) from the gradients of the pieces."""
    W = tape.key.shape[2]
    squash_vjp(tape.query[t, c], options.tanh, d.query[t, c], dsums[:W])
    squash_vjp(tape.key[t, c], options.tanh, d.key[t, c], dsums[W : 2 * W])
    squash_vjp(tape.value[t, c], options.tanh, d.value[t, c], dsums[2 * W : 3 * W])
    if not options.hard:  # softplus'(x) = sigmoid(x), and so is oneplus'
        dsums[3 * W] = d.strength[t, c] * sigmoid(sums[3 * W])
    if options.gated:
        gate = tape.gate[t, c]
        dsums[dsums.shape[0] - 1] = d.gate[t, c] * gate * (sums.dtype.type(1) - gate)
    if options.clip > 0:
        clip_vjp(sums, sums.dtype.type(options.clip), dsums)
