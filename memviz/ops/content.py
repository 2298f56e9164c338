"""Find slots by what they hold: the cosine similarity of every word with a key, through a softmax with a strength.

    inverse[n]       = 1 / sqrt(sum_i M[i, n]^2 + epsilon)            shared by all heads
    similarity[h, n] = inverse[n] sum_i k[h, i] M[i, n] / sqrt(sum_i k[h, i]^2 + epsilon)
    out[h]           = softmax(b[h] similarity[h])

Source: Graves, Wayne, Danihelka 2014 (NTM), equations 5 and 6; epsilon inside the roots as in google-deepmind/dnc.
Symbols: M (W, N) the memory, word-major: slot n holds the word M[:, n] | k (H, W) one key a head | b (H,) >= 0 the key
strengths | inverse (N,) > 0 | similarity (H, N) in [-1, 1] | out (H, N) a weighting a head.
Edges: a zero key or a zero word has similarity 0, and a gradient of at most 1 / sqrt(epsilon) (outside the roots
epsilon would give 1 / epsilon, without it NaN); b = 0 gives the uniform weighting; one slot gives 1.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from memviz.ops.kernel import Case, Op, kernel
from memviz.ops.matmul import matmul
from memviz.ops.softmax import softmax


@kernel
def inverse_norms(M, epsilon, out):
    """Write one over the norm of every word into out."""
    W, N = M.shape
    one = M.dtype.type(1)
    for n in range(N):
        out[n] = epsilon
    whole = W - W % 4
    for i in range(0, whole, 4):  # four rows at a time: out[n] is loaded and stored a quarter as often
        for n in range(N):
            out[n] += M[i, n] ** 2 + M[i + 1, n] ** 2 + M[i + 2, n] ** 2 + M[i + 3, n] ** 2
    for i in range(whole, W):
        for n in range(N):
            out[n] += M[i, n] ** 2
    for n in range(N):
        out[n] = one / math.sqrt(out[n])


@kernel
def inverse_norm(k, epsilon):
    """One over the norm of the key."""
    total = k.dtype.type(epsilon)
    for i in range(k.shape[0]):
        total += k[i] ** 2
    return k.dtype.type(1) / math.sqrt(total)


@kernel
def content_weights(M, inverse, k, b, epsilon, similarity, out):
    """Write the weightings of the slots into out, and their similarity to the keys; inverse as of `inverse_norms`."""
    matmul(k, M, similarity)
    for h in range(k.shape[0]):
        key_inverse = inverse_norm(k[h], epsilon)
        for n in range(M.shape[1]):
            similarity[h, n] *= inverse[n] * key_inverse
        softmax(similarity[h], b[h], out[h])


@kernel
def content_weights_vjp(M, inverse, k, b, epsilon, similarity, out, dout, dM, dk, db, room):
    """Add into dM (through the norms too), dk and db; room (H + 1, N) is overwritten."""
    H, along, across = k.shape[0], room[:-1], room[-1]
    across[:] = 0
    for h in range(H):
        key_inverse = inverse_norm(k[h], epsilon)
        mean = slope = M.dtype.type(0)
        for n in range(M.shape[1]):
            mean += out[h, n] * dout[h, n]
        for n in range(M.shape[1]):
            g = out[h, n] * (dout[h, n] - mean)  # dL/dz, where out = softmax(z), z = b * similarity
            slope += g * similarity[h, n]
            along[h, n] = b[h] * g * inverse[n] * key_inverse  # similarity = inverse * key_inverse * sum_i k M
            across[n] += b[h] * g * similarity[h, n] * inverse[n] ** 2  # inverse = (sum_i M^2 + epsilon)^(-1/2)
        db[h] += slope
        for i in range(k.shape[1]):  # key_inverse = (sum_i k^2 + epsilon)^(-1/2)
            dk[h, i] -= b[h] * slope * key_inverse**2 * k[h, i]
    if H == 1:
        _one_key_vjp(M, k[0], along[0], across, dM, dk[0])
    else:
        _two_keys_vjp(M, k[0], k[1], along[0], along[1], across, dM, dk[0], dk[1])
    for h in range(2, H):
        across[:] = 0  # the norms are shared and have had their gradient
        _one_key_vjp(M, k[h], along[h], across, dM, dk[h])


@kernel
def _one_key_vjp(M, k, along, across, dM, dk):
    W, N = M.shape
    for i in range(W):
        total = M.dtype.type(0)
        for n in range(N):
            total += along[n] * M[i, n]
            dM[i, n] += along[n] * k[i] - across[n] * M[i, n]
        dk[i] += total


@kernel
def _two_keys_vjp(M, k0, k1, along0, along1, across, dM, dk0, dk1):
    """Both at once: M and dM, by far the largest arrays, are loaded once."""
    W, N = M.shape
    for i in range(W):
        total0 = total1 = M.dtype.type(0)
        for n in range(N):
            total0 += along0[n] * M[i, n]
            total1 += along1[n] * M[i, n]
            dM[i, n] += along0[n] * k0[i] + along1[n] * k1[i] - across[n] * M[i, n]
        dk0[i] += total0
        dk1[i] += total1


def content_weights_twin(M, k, b, epsilon):
    """Weightings (..., head, N) of the slots of M (..., N, W): keys k (..., head, W), strengths b (..., head)."""
    inverse = ((M * M).sum(-1) + epsilon).rsqrt()
    key_inverse = ((k * k).sum(-1) + epsilon).rsqrt()
    scale = (b * key_inverse).unsqueeze(-1) * inverse.unsqueeze(-2)
    return (k @ M.mT * scale).softmax(-1)


def run(new, M, k, b, epsilon):
    """Drive the pair for the op test."""
    N, H = M.shape[1], k.shape[0]
    inverse, similarity, out, room = new(N), new(H, N), new(H, N), new(H + 1, N)
    inverse_norms(M, epsilon, inverse)
    content_weights(M, inverse, k, b, epsilon, similarity, out)

    def back(douts, grads):
        saved = M, inverse, k, b, epsilon, similarity, out
        content_weights_vjp(*saved, douts[0], grads["M"], grads["k"], grads["b"], room)

    return (out,), back


def _twin(M, k, b, epsilon):
    return content_weights_twin(M.mT, k, b, epsilon)


def cases(rng: np.random.Generator) -> Iterator[Case]:
    """Odd sizes, one to three heads, one slot, one number a word, zero key or word, no and overwhelming strength."""
    sizes = (
        ("two heads", 2, 8, 16, 3.0),
        ("odd", 3, 7, 13, 8.0),
        ("one slot", 1, 3, 1, 2.0),
        ("one number", 2, 1, 5, 2.0),
    )
    for name, H, W, N, b in (*sizes, ("no strength", 1, 4, 6, 0.0)):
        inputs = {"M": rng.normal(size=(W, N)), "k": rng.normal(size=(H, W)), "b": np.full(H, b)}
        yield Case(name, inputs, {"epsilon": 1e-12})
    M, k, four = rng.normal(size=(5, 9)), rng.normal(size=(2, 5)), np.full(2, 4.0)
    saturated = {"M": M, "k": k, "b": np.array([200.0, 1.0])}
    yield Case("saturated", saturated, {"epsilon": 1e-6}, step=1e-7, close=1e-3)
    zero_key = {"M": M, "k": k * [[0], [1]], "b": four}
    yield Case("zero key", zero_key, {"epsilon": 1e-6}, step=1e-7)
    M = M.copy()
    M[:, 3] = 0
    yield Case("zero word", {"M": M, "k": k, "b": four}, {"epsilon": 1e-6}, step=1e-7)
    start = {"M": np.full((5, 9), 1e-6), "k": k, "b": four}
    yield Case("fresh memory", start, {"epsilon": 1e-12}, step=1e-10)


OP = Op(run, _twin, cases)
