"""One nogil call per update: sum the lanes, clip, and move the parameters by Adam or by one of three RMSprops.

    g   = lane 0 + lane 1 + ...                                   in this order, whoever filled the lanes
    clip by norm c:  g *= min(1, c / |g|)        by value c:  g = max(-c, min(c, g))
    adam                 m = b1 m + (1-b1) g;  v = b2 v + (1-b2) g^2
                         p -= rate / (1-b1^u) m / (sqrt(v / (1-b2^u)) + eps)                  u = 1, 2, ...
    rmsprop_torch        v = d v + (1-d) g^2;  s = mu s + g / (sqrt(v) + eps);  p -= rate s      v starts at 0
    rmsprop_tensorflow   v = d v + (1-d) g^2;  s = mu s + rate g / sqrt(v + eps);  p -= s        v starts at 1
    rmsprop_graves       v = d v + (1-d) g^2;  m = d m + (1-d) g
                         s = mu s - rate g / sqrt(v - m^2 + eps);  p += s                        v, m start at 0

Source: Kingma & Ba 2015, algorithm 1; torch.optim.RMSprop; tensorflow RMSPropOptimizer; Graves 2013
(arXiv:1308.0850), equations 38-41.
Symbols: p, g (P,) the flat parameters and their gradient; m, v, s (P,) the slots "mean", "square", "step"; u the
update; d decay, mu momentum, c clip.
Edges: a gradient that is not finite changes nothing, and its sum stays in lane 0 to be looked at; c = 0 clips nothing.
"""

from __future__ import annotations

import math

import numpy as np

from memviz.ops.kernel import kernel
from memviz.ops.vectormath import larger
from memviz.training.config import OPTIMIZERS, TrainConfig

SLOTS = {
    "adam": ("mean", "square"),
    "rmsprop_torch": ("step", "square"),
    "rmsprop_tensorflow": ("step", "square"),
    "rmsprop_graves": ("step", "square", "mean"),
}
EPSILON = {"adam": 1e-8, "rmsprop_torch": 1e-8, "rmsprop_tensorflow": 1e-10, "rmsprop_graves": 1e-4}
ADAM, TORCH, TENSORFLOW, GRAVES = range(len(OPTIMIZERS))
BY_NORM, BY_VALUE = 0, 1
NOTHING = np.zeros(0, np.float32)  # the third slot of the forms that have two


def slots(config: TrainConfig, size: int) -> dict[str, np.ndarray]:
    """What the optimizer keeps between updates, before update 1: name -> (size,) float32."""
    made = {name: np.zeros(size, np.float32) for name in SLOTS[config.optimizer]}
    if config.optimizer == "rmsprop_tensorflow":
        made["square"][:] = 1
    return made


def settings(config: TrainConfig, rate: float, update: int) -> tuple[int, int, float, float, float, float, float]:
    """What `apply` takes behind its arrays, for the update-th update counted from 1.

    Optimizer, way to clip, clip, rate, how much of the first slot is kept, of the second, epsilon. Adam's
    corrections of its zero starts are folded in: rate sqrt(c2) / c1 and epsilon sqrt(c2), c = 1 - b^u.
    """
    how = OPTIMIZERS.index(config.optimizer), BY_VALUE if config.clip_by == "value" else BY_NORM, config.clip
    epsilon = config.epsilon or EPSILON[config.optimizer]
    if config.optimizer != "adam":
        return *how, rate, config.momentum, config.decay, epsilon
    root = math.sqrt(1 - config.beta2**update)
    return *how, rate * root / (1 - config.beta1**update), config.beta1, config.beta2, epsilon * root


@kernel
def sum_lanes(lanes):
    """Sum lanes (L, P) into lane 0, zero the others, return the sum's squared length."""
    g = lanes[0]
    for lane in range(1, lanes.shape[0]):
        other = lanes[lane]
        for i in range(g.size):
            g[i] += other[i]
            other[i] = 0
    return squared(g)


@kernel
def squared(g):
    """The squared length of a vector."""
    total = g.dtype.type(0)
    for i in range(g.size):
        total += g[i] * g[i]
    return total


@kernel
def clip_values(g, c):
    """Bring every number of g into -c..c, return the squared length after."""
    for i in range(g.size):
        g[i] = max(-c, min(c, g[i]))
    return squared(g)


@kernel
def adam(p, g, factor, m, v, rate, b1, b2, epsilon):
    """Move p; take factor * g for the gradient and leave zeros in g."""
    one = p.dtype.type(1)
    for i in range(p.size):
        x = g[i] * factor
        m[i] = b1 * m[i] + (one - b1) * x
        v[i] = b2 * v[i] + (one - b2) * (x * x)
        p[i] -= rate * m[i] / (np.sqrt(v[i]) + epsilon)
        g[i] = 0


@kernel
def rmsprop_torch(p, g, factor, s, v, rate, mu, d, epsilon):
    """Move p; take factor * g for the gradient and leave zeros in g."""
    one = p.dtype.type(1)
    for i in range(p.size):
        x = g[i] * factor
        v[i] = d * v[i] + (one - d) * (x * x)
        s[i] = mu * s[i] + x / (np.sqrt(v[i]) + epsilon)
        p[i] -= rate * s[i]
        g[i] = 0


@kernel
def rmsprop_tensorflow(p, g, factor, s, v, rate, mu, d, epsilon):
    """Move p; take factor * g for the gradient and leave zeros in g."""
    one = p.dtype.type(1)
    for i in range(p.size):
        x = g[i] * factor
        v[i] = d * v[i] + (one - d) * (x * x)
        s[i] = mu * s[i] + rate * x / np.sqrt(v[i] + epsilon)
        p[i] -= s[i]
        g[i] = 0


@kernel
def rmsprop_graves(p, g, factor, s, v, m, rate, mu, d, epsilon):
    """Move p; take factor * g for the gradient and leave zeros in g."""
    one = p.dtype.type(1)
    for i in range(p.size):
        x = g[i] * factor
        v[i] = d * v[i] + (one - d) * (x * x)
        m[i] = d * m[i] + (one - d) * x
        spread = v[i] - m[i] * m[i]  # a variance; rounding may push it below 0
        s[i] = mu * s[i] - rate * x / np.sqrt(larger(spread, p.dtype.type(0)) + epsilon)
        p[i] += s[i]
        g[i] = 0


@kernel
def apply(p, lanes, first, second, third, optimizer, clip_by, clip, rate, keep, decay, epsilon):
    """One update of p (P,) from the gradient lanes (L, P); the lanes are zero afterwards.

    Returns the gradient's norm before and after the clip; when the first is not finite, nothing was changed.
    """
    t, g = p.dtype.type, lanes[0]
    norm = math.sqrt(sum_lanes(lanes))
    if not math.isfinite(norm):
        return norm, norm
    after, factor = norm, t(1)
    if clip > 0 and clip_by == BY_VALUE:
        after = math.sqrt(clip_values(g, t(clip)))
    elif clip > 0 and norm > clip:
        after, factor = clip, t(clip / norm)
    rate, keep, decay, epsilon = t(rate), t(keep), t(decay), t(epsilon)
    if optimizer == ADAM:
        adam(p, g, factor, first, second, rate, keep, decay, epsilon)
    elif optimizer == TORCH:
        rmsprop_torch(p, g, factor, first, second, rate, keep, decay, epsilon)
    elif optimizer == TENSORFLOW:
        rmsprop_tensorflow(p, g, factor, first, second, rate, keep, decay, epsilon)
    else:
        rmsprop_graves(p, g, factor, first, second, third, rate, keep, decay, epsilon)
    return norm, after
