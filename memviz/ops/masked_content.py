"""Find slots by a part of what they hold: a mask says which numbers of a word count, for the key and the memory alike.

    norm[h, n]       = sqrt(sum_i (m[h, i] M[i, n])^2 + inner)        key norm likewise, of m k
    similarity[h, n] = sum_i m[h, i]^2 k[h, i] M[i, n] / (norm[h, n] key norm[h] + outer)
    out[h]           = softmax(b[h] similarity[h])
    inner, outer     = epsilon, 0 or, with `outside`, 0, epsilon

Source: Csordas & Schmidhuber 2019, "Masking"; without a mask (m = 1) Graves et al. 2016 (DNC). Epsilon inside the roots
as in google-deepmind/dnc; outside, in the denominator, as in RobertCsordas/dnc and the package dnc 1.1.0.
Symbols: M (W, N) the memory, word-major: slot n holds the word M[:, n] | k (H, W) one key a head | b (H,) >= 0 the key
strengths | m (H, W) in [0, 1] | norm (H, N), similarity (H, N) in [-1, 1] | out (H, N) a weighting a head.
Edges: a zero key, word or mask has similarity 0. Epsilon outside lets the gradient at an empty slot grow to 1/epsilon;
inside it stays below 1/sqrt(epsilon). A norm of 0 passes no gradient through itself.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from memviz.ops.kernel import Case, Op, kernel
from memviz.ops.softmax import softmax


@kernel
def _key_norm(k, m, inner):
    total = k.dtype.type(inner)
    for i in range(k.shape[0]):
        total += (m[i] * k[i]) ** 2
    return math.sqrt(total)


@kernel
def masked_content(M, k, b, m, epsilon, outside, norm, similarity, out):
    """Write the weightings of the slots into out, and norm and similarity for the backward."""
    small, zero = M.dtype.type(epsilon), M.dtype.type(0)
    inner, outer = (zero, small) if outside else (small, zero)
    for h in range(k.shape[0]):
        for n in range(M.shape[1]):
            norm[h, n], similarity[h, n] = inner, zero
        for i in range(M.shape[0]):
            square = m[h, i] ** 2
            weighted = square * k[h, i]
            for n in range(M.shape[1]):
                norm[h, n] += square * M[i, n] ** 2
                similarity[h, n] += weighted * M[i, n]
        key_norm = _key_norm(k[h], m[h], inner)
        for n in range(M.shape[1]):
            norm[h, n] = math.sqrt(norm[h, n])
            similarity[h, n] /= norm[h, n] * key_norm + outer
        softmax(similarity[h], b[h], out[h])


@kernel
def masked_content_vjp(M, k, b, m, epsilon, outside, norm, similarity, out, dout, dM, dk, db, dm, room):
    """Add into dM, dk, db and dm; room (2, N) is overwritten."""
    small, zero = M.dtype.type(epsilon), M.dtype.type(0)
    inner, outer = (zero, small) if outside else (small, zero)
    along, across = room[0], room[1]
    for h in range(k.shape[0]):
        key_norm = _key_norm(k[h], m[h], inner)
        mean = slope = dkey_norm = zero
        for n in range(M.shape[1]):
            mean += out[h, n] * dout[h, n]
        for n in range(M.shape[1]):
            g = out[h, n] * (dout[h, n] - mean)  # dL/dz, where out = softmax(z), z = b * similarity
            slope += g * similarity[h, n]
            along[n] = b[h] * g / (norm[h, n] * key_norm + outer)  # similarity = dot / (norm key_norm + outer)
            dboth = -along[n] * similarity[h, n]
            dkey_norm += dboth * norm[h, n]
            across[n] = dboth * key_norm / norm[h, n] if norm[h, n] != zero else zero  # norm = sqrt(sum (m M)^2 + ..)
        db[h] += slope
        back = dkey_norm / key_norm if key_norm != zero else zero  # key_norm = sqrt(sum (m k)^2 + ..)
        for i in range(M.shape[0]):
            square, dot, squares = m[h, i] ** 2, zero, zero
            for n in range(M.shape[1]):
                dot += along[n] * M[i, n]
                squares += across[n] * M[i, n] ** 2
                dM[i, n] += square * (along[n] * k[h, i] + across[n] * M[i, n])
            dk[h, i] += square * (dot + back * k[h, i])
            dm[h, i] += m[h, i] * (2 * dot * k[h, i] + squares + back * k[h, i] ** 2)


def masked_content_twin(M, k, b, m, epsilon, outside):
    """Weightings (..., head, N) of the slots of M (..., N, W): k, m (..., head, W), b (..., head)."""
    words, key = M.unsqueeze(-3) * m.unsqueeze(-2), (k * m).unsqueeze(-2)
    if outside:  # torch's norm passes no gradient at 0, as here
        both = words.norm(dim=-1) * key.norm(dim=-1) + epsilon
    else:
        both = ((words * words).sum(-1) + epsilon).sqrt() * ((key * key).sum(-1) + epsilon).sqrt()
    return (b.unsqueeze(-1) * (words * key).sum(-1) / both).softmax(-1)


def run(new, M, k, b, m, epsilon, outside):
    """Drive the pair for the op test."""
    N, H = M.shape[1], k.shape[0]
    norm, similarity, out, room = new(H, N), new(H, N), new(H, N), new(2, N)
    masked_content(M, k, b, m, epsilon, outside, norm, similarity, out)

    def back(douts, grads):
        saved = M, k, b, m, epsilon, outside, norm, similarity, out
        masked_content_vjp(*saved, douts[0], *(grads[name] for name in ("M", "k", "b", "m")), room)

    return (out,), back


def _twin(M, k, b, m, epsilon, outside):
    return masked_content_twin(M.mT, k, b, m, epsilon, outside)


def cases(rng: np.random.Generator) -> Iterator[Case]:
    """Both places of epsilon: odd sizes, one slot, one number a word, a mask that hides a number, zero key or word."""
    sizes = (("two heads", 2, 8, 16), ("odd", 3, 7, 13), ("one slot", 1, 3, 1), ("one number", 2, 1, 5))
    for outside in (False, True):
        where, settings = "outside" if outside else "inside", {"epsilon": 1e-6, "outside": outside}
        for name, H, W, N in sizes:
            heads = {"k": rng.normal(size=(H, W)), "b": np.full(H, 3.0), "m": rng.uniform(size=(H, W))}
            close = 1e-2 if W == 1 else 1e-4  # one number a word: all cosines are 1 or -1, and the gradients cancel
            yield Case(f"{name}, {where}", {"M": rng.normal(size=(W, N)), **heads}, settings, close=close)
        M, k, four = rng.normal(size=(5, 9)), rng.normal(size=(2, 5)), np.full(2, 4.0)
        hides = np.where(np.arange(5) == 2, 0.0, rng.uniform(size=(2, 5)))
        yield Case(f"hides a number, {where}", {"M": M, "k": k, "b": four, "m": hides}, settings)
        settings = {"epsilon": 1e-2 if outside else 1e-6, "outside": outside}
        step = 1e-9 if outside else 1e-7
        zero_key = {"M": M, "k": k * [[0], [1]], "b": four, "m": np.ones((2, 5))}
        yield Case(f"zero key, {where}", zero_key, settings, step=step)
        zero_word = {"M": M * (np.arange(9) != 3), "k": k, "b": four, "m": rng.uniform(size=(2, 5))}
        yield Case(f"zero word, {where}", zero_word, settings, step=step)


OP = Op(run, _twin, cases)
