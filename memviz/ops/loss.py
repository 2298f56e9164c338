"""How wrong an answer is: cross-entropy in nats, of independent bits or of one class out of several.

    bits:     nats = sum_j log(1 + exp(x[j])) - target[j] x[j]
    classes:  nats = sum_j target[j] (log sum_k exp(x[k]) - x[j])

Source: Graves, Wayne, Danihelka 2014 (NTM), section 4.1; both are -log of the target's probability.
Symbols: x (Y,) logits | target (Y,) in [0, 1], with classes summing to 1 | nats >= 0; / log 2 gives bits |
wrong: bits on the wrong side of 0.5, or 1 if another class than the target's is the likeliest.
Edges: computed from the logits, so that a sure answer, right or wrong, neither overflows nor loses its gradient.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from memviz.ops.kernel import Case, Op, kernel
from memviz.ops.vectormath import exp, larger, log, sigmoid, softplus


@kernel
def bits_loss(x, target):
    """(nats, wrong bits) of one answer."""
    half, zero = x.dtype.type(0.5), x.dtype.type(0)
    nats, wrong = zero, 0
    for j in range(x.shape[0]):
        nats += softplus(x[j]) - target[j] * x[j]
    for j in range(x.shape[0]):
        wrong += (x[j] > zero) != (target[j] > half)
    return nats, wrong


@kernel
def bits_loss_vjp(x, target, dnats, dx):
    """Add into dx."""
    for j in range(x.shape[0]):  # nats = sum_j softplus(x) - target x
        dx[j] += dnats * (sigmoid(x[j]) - target[j])


@kernel
def _top_and_total(x):
    """The largest logit, and the sum of exp(x - largest)."""
    top = x[0]
    for j in range(x.shape[0]):
        top = larger(top, x[j])
    total = x.dtype.type(0)
    for j in range(x.shape[0]):
        total += exp(x[j] - top)
    return top, total


@kernel
def classes_loss(x, target):
    """(nats, 1 if another class than the target's is the likeliest else 0) of one answer."""
    top, total = _top_and_total(x)
    all_of_it = top + log(total)
    nats = x.dtype.type(0)
    for j in range(x.shape[0]):
        nats += target[j] * (all_of_it - x[j])
    says = right = 0
    for j in range(x.shape[0]):
        says = j if x[j] > x[says] else says
        right = j if target[j] > target[right] else right
    return nats, int(says != right)


@kernel
def classes_loss_vjp(x, target, dnats, dx):
    """Add into dx."""
    top, total = _top_and_total(x)
    weight = x.dtype.type(0)
    for j in range(x.shape[0]):
        weight += target[j]
    for j in range(x.shape[0]):  # nats = sum_j target (log sum_k exp(x) - x)
        dx[j] += dnats * (weight * (exp(x[j] - top) / total) - target[j])


@kernel
def chunk_loss(x, targets, mask, classes, scale, dx):
    """(nats, wrong) of a chunk (T, C, Y), summed over the steps whose mask (T, C) is not 0; dx = scale dnats/dx."""
    nats, wrong = 0.0, 0
    for t in range(x.shape[0]):
        for c in range(x.shape[1]):
            dx[t, c][:] = 0
            if mask[t, c] != 0:
                dnats = x.dtype.type(scale * mask[t, c])
                if classes:
                    some_nats, some_wrong = classes_loss(x[t, c], targets[t, c])
                    classes_loss_vjp(x[t, c], targets[t, c], dnats, dx[t, c])
                else:
                    some_nats, some_wrong = bits_loss(x[t, c], targets[t, c])
                    bits_loss_vjp(x[t, c], targets[t, c], dnats, dx[t, c])
                nats += mask[t, c] * some_nats
                wrong += some_wrong
    return nats, wrong


def loss_twin(x, target, classes):
    """Nats (...) of answers with logits x (..., Y)."""
    if classes:
        return -(target * x.log_softmax(-1)).sum(-1)
    return (x.clamp(min=0) + (-x.abs()).exp().log1p() - target * x).sum(-1)


def chunk_loss_twin(logits, targets, mask, classes):
    """(nats, wrong) of logits and targets (T, C, Y), summed over the steps whose mask (T, C) is not 0."""
    wrong = logits.argmax(-1) != targets.argmax(-1) if classes else ((logits > 0) != (targets > 0.5)).sum(-1)
    return (loss_twin(logits, targets, classes) * mask).sum(), (wrong * (mask != 0)).sum()


def run(new, x, target, classes):
    """Drive the pairs for the op test."""
    out = new()
    out[()], _ = classes_loss(x, target) if classes else bits_loss(x, target)

    def back(douts, grads):
        vjp = classes_loss_vjp if classes else bits_loss_vjp
        vjp(x, target, douts[0][()], grads["x"])

    return (out,), back


def _twin(x, classes, target):
    return loss_twin(x, x.new_tensor(target), classes)


def cases(rng: np.random.Generator) -> Iterator[Case]:
    """Odd sizes, one output, answers that are sure and wrong."""
    for name, Y, size in (("plain", 16, 1.0), ("odd", 7, 3.0), ("one", 1, 1.0), ("sure", 5, 20.0)):
        x, step = rng.normal(size=Y) * size, 1e-4 if size > 10 else 1e-5
        bits, one_class = rng.integers(0, 2, Y).astype(float), np.eye(Y)[rng.integers(Y)]
        yield Case(f"{name}, bits", {"x": x}, {"target": bits, "classes": False}, step=step)
        yield Case(f"{name}, classes", {"x": x}, {"target": one_class, "classes": True}, step=step)


OP = Op(run, _twin, cases)
