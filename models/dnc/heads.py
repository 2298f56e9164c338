"""What the controller says to the memory, taken apart: the interface vector of the paper.

One episode's row of sums (P,) holds vector | erase | strength | gate | mode | sharpness | mask (see `columns`).

    keys, add  = x or tanh(x)         erase, gates = sigmoid(x)         mode = softmax(x) of each read head
    strength   = 1 + softplus(x) or softplus(x)                         sharpness = 1 + softplus(x)
    mask       = least + (1 - least) sigmoid(x)

Source: Graves et al. 2016 (DNC), Methods, "Interface parameters"; masks and sharpness: Csordas & Schmidhuber 2019.
"""

from __future__ import annotations

from memviz.ops.clip import clip, clip_vjp
from memviz.ops.kernel import kernel, part
from memviz.ops.softmax import softmax, softmax_vjp
from memviz.ops.squash import squash, squash_vjp
from memviz.ops.vectormath import oneplus, sigmoid, softplus


@kernel
def _gates(x, least, out):
    rest = out.dtype.type(1) - least
    for j in range(out.shape[0]):
        out[j] = least + rest * sigmoid(x[j])


@kernel
def _gates_vjp(out, least, dout, dx):
    one = out.dtype.type(1)
    for j in range(out.shape[0]):  # out = least + (1 - least) s: the slope (1 - least) s (1 - s) without s
        dx[j] = dout[j] * (out[j] - least) * (one - out[j]) / (one - least) if least < one else out.dtype.type(0)


@kernel
def _strengths(x, plus, out):
    for j in range(out.shape[0]):
        out[j] = oneplus(x[j]) if plus else softplus(x[j])


@kernel
def _strengths_vjp(x, dout, dx):
    for j in range(dout.shape[0]):  # softplus'(x) = sigmoid(x), and so is oneplus'
        dx[j] = dout[j] * sigmoid(x[j])


@part
def heads(options, sums, tape, t, c):
    """Write all that the memory is told in one step of one episode; clips sums in place."""
    zero, one = sums.dtype.type(0), sums.dtype.type(1)
    if options.clip > 0:
        clip(sums, sums.dtype.type(options.clip))
    vector, erase = tape.vector[t, c].reshape(-1), tape.erase[t, c]
    strength, gate, mode = tape.strength[t, c], tape.gate[t, c], tape.mode[t, c]
    sharpness, mask = tape.sharpness[t, c].reshape(-1), tape.mask[t, c].reshape(-1)
    at = vector.shape[0]
    squash(sums[:at], options.tanh, vector)
    _gates(sums[at:], zero, erase)
    at += erase.shape[0]
    _strengths(sums[at:], options.oneplus, strength)
    at += strength.shape[0]
    _gates(sums[at:], zero, gate)
    at += gate.shape[0]
    for h in range(mode.shape[0]):
        softmax(sums[at + 3 * h : at + 3 * h + 3], one, mode[h])
    at += 3 * mode.shape[0]
    _strengths(sums[at:], True, sharpness)
    at += sharpness.shape[0]
    if options.masked:
        _gates(sums[at:], sums.dtype.type(options.mask_least), mask)
    else:
        for j in range(mask.shape[0]):
            mask[j] = one


@part
def heads_vjp(options, sums, tape, d, t, c, dsums):
    """Write dsums (P,) from the gradients of the pieces."""
    now, zero, one = t % d.vector.shape[0], sums.dtype.type(0), sums.dtype.type(1)
    vector, dvector = tape.vector[t, c].reshape(-1), d.vector[now, c].reshape(-1)
    at = vector.shape[0]
    squash_vjp(vector, options.tanh, dvector, dsums[:at])
    _gates_vjp(tape.erase[t, c], zero, d.erase[now, c], dsums[at:])
    at += tape.erase.shape[2]
    _strengths_vjp(sums[at:], d.strength[now, c], dsums[at:])
    at += tape.strength.shape[2]
    _gates_vjp(tape.gate[t, c], zero, d.gate[now, c], dsums[at:])
    at += tape.gate.shape[2]
    for h in range(tape.mode.shape[2]):
        x, dx = sums[at + 3 * h : at + 3 * h + 3], dsums[at + 3 * h : at + 3 * h + 3]
        dx[:] = 0
        softmax_vjp(x, one, tape.mode[t, c, h], d.mode[now, c, h], dx)
    at += 3 * tape.mode.shape[2]
    dsharpness = d.sharpness[now, c].reshape(-1)
    _strengths_vjp(sums[at:], dsharpness, dsums[at:])
    at += dsharpness.shape[0]
    if options.masked:
        least = sums.dtype.type(options.mask_least)
        _gates_vjp(tape.mask[t, c].reshape(-1), least, d.mask[now, c].reshape(-1), dsums[at:])
    if options.clip > 0:
        clip_vjp(sums, sums.dtype.type(options.clip), dsums)
