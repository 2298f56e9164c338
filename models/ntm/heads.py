"""What the controller says to the heads, taken apart: keys, strengths, gates, shifts, sharpnesses, erases, adds.

One episode's row of sums (P,) holds key | add | erase | strength | gate | sharpness | shift, each for all its heads.

    key, add  = x or tanh(x)        erase, gate = sigmoid(x)       shift = softmax(x) of each head
    strength  = softplus(x) or 1 + softplus(x)                     sharpness = 1 + softplus(x)

Source: Graves, Wayne, Danihelka 2014 (NTM), sections 3.1 to 3.3.
"""

from __future__ import annotations

from memviz.ops.clip import clip, clip_vjp
from memviz.ops.kernel import part
from memviz.ops.softmax import softmax, softmax_vjp
from memviz.ops.squash import squash, squash_vjp
from memviz.ops.vectormath import oneplus, sigmoid, softplus


@part
def heads(options, sums, tape, t, c):
    """Write key, add, erase, strength, gate, sharpness and shift of one step of one episode; clips sums in place."""
    count, W = tape.key.shape[2], tape.key.shape[3]
    writes, one = tape.add.shape[2], sums.dtype.type(1)
    add, erase, rest = count * W, (count + writes) * W, (count + 2 * writes) * W
    if options.clip > 0:
        clip(sums, sums.dtype.type(options.clip))
    squash(sums[:add], options.tanh, tape.key[t, c].reshape(-1))
    squash(sums[add:erase], options.tanh, tape.add[t, c].reshape(-1))
    out = tape.erase[t, c].reshape(-1)
    for j in range(writes * W):
        out[j] = sigmoid(sums[erase + j])
    for h in range(count):
        x = sums[rest + h]
        tape.strength[t, c, h] = oneplus(x) if options.oneplus else softplus(x)
        tape.gate[t, c, h] = sigmoid(sums[rest + count + h])
        tape.sharpness[t, c, h] = oneplus(sums[rest + 2 * count + h])
    S, first = tape.shift.shape[3], rest + 3 * count
    for h in range(count):
        softmax(sums[first + h * S : first + (h + 1) * S], one, tape.shift[t, c, h])


@part
def heads_vjp(options, sums, tape, d, t, c, dsums):
    """Write dsums (P,) from the gradients of the pieces."""
    count, W, at = tape.key.shape[2], tape.key.shape[3], t % d.key.shape[0]
    writes, one = tape.add.shape[2], sums.dtype.type(1)
    add, erase, rest = count * W, (count + writes) * W, (count + 2 * writes) * W
    squash_vjp(tape.key[t, c].reshape(-1), options.tanh, d.key[at, c].reshape(-1), dsums[:add])
    squash_vjp(tape.add[t, c].reshape(-1), options.tanh, d.add[at, c].reshape(-1), dsums[add:erase])
    out, dout = tape.erase[t, c].reshape(-1), d.erase[at, c].reshape(-1)
    for j in range(writes * W):  # erase = sigmoid(x)
        dsums[erase + j] = dout[j] * out[j] * (one - out[j])
    for h in range(count):  # softplus'(x) = sigmoid(x), and so is oneplus'
        gate = tape.gate[t, c, h]
        dsums[rest + h] = d.strength[at, c, h] * sigmoid(sums[rest + h])
        dsums[rest + count + h] = d.gate[at, c, h] * gate * (one - gate)
        dsums[rest + 2 * count + h] = d.sharpness[at, c, h] * sigmoid(sums[rest + 2 * count + h])
    S, first = tape.shift.shape[3], rest + 3 * count
    for h in range(count):
        piece = slice(first + h * S, first + (h + 1) * S)
        dsums[piece][:] = 0
        softmax_vjp(sums[piece], one, tape.shift[t, c, h], d.shift[at, c, h], dsums[piece])
    if options.clip > 0:
        clip_vjp(sums, sums.dtype.type(options.clip), dsums)
