"""Find slots by what they hold: the cosine similarity of every word with a key, through a softmax with a strength.

    inverse[n]    = 1 / sqrt(sum_i M[i, n]^2 + epsilon)            shared by all keys
    similarity[n] = inverse[n] sum_i M[i, n] k[i] / sqrt(sum_i k[i]^2 + epsilon)
    out           = softmax(b similarity)

Source: Graves, Wayne, Danihelka 2014 (NTM), equations 5 and 6; epsilon inside the roots as in google-deepmind/dnc.
Symbols: M (W, N) the memory, word-major: slot n holds the word M[:, n] | k (W,) the key | b a number >= 0, the key
strength | inverse (N,) > 0 | similarity (N,) in [-1, 1] | out (N,) a weighting.
Edges: a zero key or a zero word has similarity 0, and a gradient of at most 1 / sqrt(epsilon) (outside the roots
epsilon would give 1 / epsilon, without it NaN); b = 0 gives the uniform weighting; one slot gives 1.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from memviz.ops.kernel import Case, Op, kernel
from memviz.ops.rows import add_columns
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
    """Write the weighting of the slots into out, and their similarity to the key; inverse as of `inverse_norms`."""
    N = M.shape[1]
    for n in range(N):
        similarity[n] = 0
    add_columns(k, M, similarity)
    key_inverse = inverse_norm(k, epsilon)
    for n in range(N):
        similarity[n] *= inverse[n] * key_inverse
    softmax(similarity, b, out)


@kernel
def content_weights_vjp(M, inverse, k, b, epsilon, similarity, out, dout, dM, dk, scratch):
    """Add into dM (through the norms too) and dk; return dL/db. scratch (2, N) is overwritten."""
    W, N = M.shape
    along, across = scratch[0], scratch[1]
    key_inverse = inverse_norm(k, epsilon)
    mean = db = M.dtype.type(0)
    for n in range(N):
        mean += out[n] * dout[n]
    for n in range(N):
        g = out[n] * (dout[n] - mean)  # dL/dz, where out = softmax(z), z = b * similarity
        db += g * similarity[n]
        along[n] = b * g * inverse[n] * key_inverse  # similarity = inverse * key_inverse * sum_i M k
        across[n] = b * g * similarity[n] * inverse[n] ** 2  # inverse = (sum_i M^2 + epsilon)^(-1/2)
    shrink = b * db * key_inverse**2  # key_inverse = (sum_i k^2 + epsilon)^(-1/2)
    for i in range(W):
        total = -shrink * k[i]
        for n in range(N):
            total += along[n] * M[i, n]
            dM[i, n] += along[n] * k[i] - across[n] * M[i, n]
        dk[i] += total
    return db


def content_weights_twin(M, k, b, epsilon):
    """Weightings (..., head, N) of the slots of M (..., N, W): keys k (..., head, W), strengths b (..., head)."""
    inverse = ((M * M).sum(-1) + epsilon).rsqrt()
    key_inverse = ((k * k).sum(-1) + epsilon).rsqrt()
    scale = (b * key_inverse).unsqueeze(-1) * inverse.unsqueeze(-2)
    return (k @ M.mT * scale).softmax(-1)


def run(new, M, k, b, epsilon):
    """Drive the pair for the op test."""
    inverse, similarity, out, scratch = (new(*shape) for shape in [M.shape[1:]] * 3 + [(2, M.shape[1])])
    inverse_norms(M, epsilon, inverse)
    content_weights(M, inverse, k, b[()], epsilon, similarity, out)

    def back(douts, grads):
        saved = M, inverse, k, b[()], epsilon, similarity, out
        grads["b"] += content_weights_vjp(*saved, douts[0], grads["M"], grads["k"], scratch)

    return (out,), back


def _twin(M, k, b, epsilon):
    return content_weights_twin(M.mT, k.unsqueeze(-2), b.unsqueeze(-1), epsilon).squeeze(-2)


def cases(rng: np.random.Generator) -> Iterator[Case]:
    """Odd sizes, one slot, one number a word, zero key, zero word, strengths of zero and beyond float32's exp."""
    sizes = ("plain", 8, 16, 3.0), ("odd", 7, 13, 8.0), ("one slot", 3, 1, 2.0), ("one number", 1, 5, 2.0)
    for name, W, N, b in (*sizes, ("no strength", 4, 6, 0.0)):
        yield Case(name, {"M": rng.normal(size=(W, N)), "k": rng.normal(size=W), "b": b}, {"epsilon": 1e-12})
    M, k = rng.normal(size=(5, 9)), rng.normal(size=5)
    yield Case("saturated", {"M": M, "k": k, "b": 200.0}, {"epsilon": 1e-6}, step=1e-7, close=1e-3)
    yield Case("zero key", {"M": M, "k": np.zeros(5), "b": 4.0}, {"epsilon": 1e-6}, step=1e-7)
    M = M.copy()
    M[:, 3] = 0
    yield Case("zero word", {"M": M, "k": k, "b": 4.0}, {"epsilon": 1e-6}, step=1e-7)
    start = {"M": np.full((5, 9), 1e-6), "k": k, "b": 4.0}
    yield Case("fresh memory", start, {"epsilon": 1e-12}, step=1e-10)


OP = Op(run, _twin, cases)
