"""Look a query up among stored keys: a softmax over the cosines of the nearest, which are chosen for good.

    inverse[n]    = 1 / sqrt(sum_i K[n, i]^2 + epsilon)
    similarity[n] = inverse[n] sum_i q[i] K[n, i] / sqrt(sum_i q[i]^2 + epsilon)
    out[n]        = softmax over the chosen of b similarity[n], 0 elsewhere; chosen: the used slots most similar

Source: Pritzel et al. 2017 (NEC), the lookup of its differentiable neural dictionary, with the softmax of cosines of
Graves, Wayne, Danihelka 2014 (NTM), equations 5 and 6, in place of its kernel.
Symbols: K (N, W) keys, slot by slot | q (W,) the query | b >= 0 its strength | item (N,) below 0 where the slot is
free | nearest how many are chosen, 0 = all used | out (N,) a weighting. Which slots are chosen is constant in the vjp.
Edges: ties go to the lower slot; no used slot gives zeros; more wanted than used gives all used.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from memviz.ops.content import inverse_norm
from memviz.ops.kernel import Case, Op, kernel
from memviz.ops.vectormath import exp


@kernel
def similarities(K, inverse, q, epsilon, out):
    """Write the cosine of the query with every slot's key."""
    scale = inverse_norm(q, epsilon)
    for n in range(K.shape[0]):
        total = K.dtype.type(0)
        for i in range(K.shape[1]):
            total += q[i] * K[n, i]
        out[n] = total * inverse[n] * scale


@kernel
def most_similar(similarity, item):
    """The used slot of the largest similarity, -1 if none is used."""
    best = -1
    for n in range(similarity.shape[0]):
        if item[n] >= 0 and (best < 0 or similarity[n] > similarity[best]):
            best = n
    return best


@kernel
def choose(similarity, item, nearest, out):
    """Write 1 at the chosen slots, 0 elsewhere."""
    N = similarity.shape[0]
    for n in range(N):
        out[n] = nearest == 0 and item[n] >= 0
    for _ in range(min(nearest, N)):
        best = -1
        for n in range(N):
            if item[n] >= 0 and out[n] == 0 and (best < 0 or similarity[n] > similarity[best]):
                best = n
        if best >= 0:
            out[best] = 1


@kernel
def lookup(similarity, item, nearest, b, out):
    """Write the weighting; return the slot of the largest weight, -1 if no slot is used."""
    choose(similarity, item, nearest, out)
    top = most_similar(similarity, item)
    if top >= 0:
        total = similarity.dtype.type(0)
        for n in range(out.shape[0]):
            out[n] *= exp(b * min(similarity[n] - similarity[top], similarity.dtype.type(0)))
            total += out[n]
        for n in range(out.shape[0]):
            out[n] /= total
    return top


@kernel
def lookup_vjp(K, inverse, q, b, epsilon, similarity, out, dout, dK, dq):
    """Add into dK (through the norms too) and dq; return dL/db."""
    scale = inverse_norm(q, epsilon)
    mean = slope = K.dtype.type(0)
    for n in range(K.shape[0]):
        mean += out[n] * dout[n]
    for n in range(K.shape[0]):
        if out[n] == 0:
            continue
        g = out[n] * (dout[n] - mean)  # dL/dz, where out = softmax(z), z = b similarity
        slope += g * similarity[n]
        along = b * g * inverse[n] * scale  # similarity = inverse scale sum_i q K
        across = b * g * similarity[n] * inverse[n] ** 2  # inverse = (sum_i K^2 + epsilon)^(-1/2)
        for i in range(K.shape[1]):
            dq[i] += along * K[n, i]
            dK[n, i] += along * q[i] - across * K[n, i]
    for i in range(q.shape[0]):  # scale = (sum_i q^2 + epsilon)^(-1/2)
        dq[i] -= b * slope * scale**2 * q[i]
    return slope


def similarities_twin(K, q, epsilon):
    """Cosines (..., N) of the query q (..., W) with the keys K (..., N, W)."""
    inverse = ((K * K).sum(-1) + epsilon).rsqrt()
    scale = ((q * q).sum(-1, keepdim=True) + epsilon).rsqrt()
    return (K @ q.unsqueeze(-1)).squeeze(-1) * inverse * scale


def lookup_twin(K, q, b, item, nearest, epsilon):
    """Weightings (..., N): keys K (..., N, W), query q (..., W), strength b (...), items (..., N)."""
    similarity = similarities_twin(K, q, epsilon)
    used = (item >= 0).expand(similarity.shape)
    best_first = similarity.detach().masked_fill(~used, -4).argsort(dim=-1, descending=True, stable=True)
    chosen = used & (best_first.argsort(-1) < (nearest or similarity.shape[-1]))
    z = (b.unsqueeze(-1) * similarity).masked_fill(~chosen, -1e30)
    return z.softmax(-1) * chosen


def run(new, K, q, b, item, nearest, epsilon):
    """Drive the pair for the op test."""
    N = K.shape[0]
    inverse, similarity, out = new(N), new(N), new(N)
    for n in range(N):
        inverse[n] = inverse_norm(K[n], epsilon)
    similarities(K, inverse, q, epsilon, similarity)
    lookup(similarity, item, nearest, b[()], out)

    def back(douts, grads):
        saved = K, inverse, q, b[()], epsilon, similarity, out
        grads["b"] += lookup_vjp(*saved, douts[0], grads["K"], grads["q"])

    return (out,), back


def _twin(K, q, b, item, nearest, epsilon):
    return lookup_twin(K, q, b, K.new_tensor(item), nearest, epsilon)


def cases(rng: np.random.Generator) -> Iterator[Case]:
    """All, some and one of the slots; free slots, more wanted than used, one slot, none used, a zero key and query."""
    sizes = (("all", 16, 8, 0, 16), ("three", 13, 7, 3, 9), ("one", 9, 5, 1, 9), ("more than used", 7, 3, 5, 2))
    for name, N, W, nearest, used in (*sizes, ("one slot", 1, 3, 2, 1), ("none used", 5, 3, 0, 0)):
        inputs = {"K": rng.normal(size=(N, W)), "q": rng.normal(size=W), "b": np.array(3.0)}
        item = np.where(rng.permutation(N) < used, 4, -1)
        yield Case(name, inputs, {"item": item, "nearest": nearest, "epsilon": 1e-12})
    K, q, item = rng.normal(size=(6, 4)), rng.normal(size=4), np.arange(6)
    settings = {"item": item, "nearest": 0, "epsilon": 1e-6}
    yield Case("zero key", {"K": K * (item != 2)[:, None], "q": q, "b": np.array(2.0)}, settings, step=1e-7)
    yield Case("zero query", {"K": K, "q": q * 0, "b": np.array(2.0)}, settings, step=1e-7)


OP = Op(run, _twin, cases)
