from __future__ import annotations

import math

import numpy as np
import pytest

from memviz.training import optimizer
from memviz.training.config import OPTIMIZERS, TrainConfig, change, rate_at

P = 77  # no multiple of a vector
UPDATES = 25


def run(config, gradients, params):
    """Parameters after these gradients (updates, P), by our kernels."""
    p = params.astype(np.float32)
    slots = optimizer.slots(config, p.size)
    three = [*slots.values(), optimizer.NOTHING][:3]
    for u, g in enumerate(gradients, 1):
        lanes = g[None].astype(np.float32)
        optimizer.apply(p, lanes, *three, *optimizer.settings(config, config.rate, u))
        assert not lanes.any()
    return p


@pytest.fixture
def problem():
    rng = np.random.default_rng(0)
    scale = 10.0 ** rng.uniform(-4, 2, P)
    return rng.normal(size=(UPDATES, P)) * scale, rng.normal(size=P)


def by_formula(config, gradients, p):
    """The published formulas, in float64, from the papers and not from the kernels."""
    p, v = p.copy(), np.zeros(P)
    m, s = np.zeros(P), np.zeros(P)
    if config.optimizer == "rmsprop_tensorflow":
        v += 1
    mu, d, rate = config.momentum, config.decay, config.rate
    for u, g in enumerate(gradients, 1):
        if config.optimizer == "adam":
            m = config.beta1 * m + (1 - config.beta1) * g
            v = config.beta2 * v + (1 - config.beta2) * g * g
            p -= rate * (m / (1 - config.beta1**u)) / (np.sqrt(v / (1 - config.beta2**u)) + 1e-8)
            continue
        v = d * v + (1 - d) * g * g
        if config.optimizer == "rmsprop_torch":
            s = mu * s + g / (np.sqrt(v) + 1e-8)
            p -= rate * s
        elif config.optimizer == "rmsprop_tensorflow":
            s = mu * s + rate * g / np.sqrt(v + 1e-10)
            p -= s
        else:
            m = d * m + (1 - d) * g
            s = mu * s - rate * g / np.sqrt(v - m * m + 1e-4)
            p += s
    return p


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_every_form_follows_its_published_formula(name, problem):
    config = TrainConfig(optimizer=name, rate=0.01, clip=0.0)
    np.testing.assert_allclose(run(config, *problem), by_formula(config, *problem), rtol=2e-5, atol=2e-6)


def test_the_centred_form_stays_finite_where_rounding_makes_its_variance_negative():
    rng = np.random.default_rng(0)
    gradients = np.full((600, P), 1e3) * (1 + 1e-6 * rng.normal(size=(600, P)))  # a variance far below its rounding
    v = m = np.zeros(P, np.float32)
    least = np.inf
    for g in gradients.astype(np.float32):
        v, m = np.float32(0.95) * v + np.float32(0.05) * g * g, np.float32(0.95) * m + np.float32(0.05) * g
        least = min(least, float((v - m * m).min()))
    assert least < -1e-4  # the case is one: below minus epsilon the root has no value
    config = TrainConfig(optimizer="rmsprop_graves", rate=1e-4, clip=0.0)
    assert np.isfinite(run(config, gradients, np.zeros(P))).all()


@pytest.mark.torch
@pytest.mark.parametrize("name", ["adam", "rmsprop_torch"])
def test_adam_and_rmsprop_agree_with_torch(name, problem):
    torch = pytest.importorskip("torch", reason="needs the [torch] extra")
    gradients, params = problem
    config = TrainConfig(optimizer=name, rate=0.01, clip=0.0)
    p = torch.tensor(params, requires_grad=True)
    forms = {
        "adam": lambda: torch.optim.Adam([p], lr=0.01),
        "rmsprop_torch": lambda: torch.optim.RMSprop([p], lr=0.01, alpha=0.95, momentum=0.9),
    }
    theirs = forms[name]()
    for g in gradients:
        p.grad = torch.tensor(g)
        theirs.step()
    np.testing.assert_allclose(run(config, gradients, params), p.detach().numpy(), rtol=2e-5, atol=2e-6)


def clipped(config, gradient):
    """Norms, and the gradient Adam was given: its mean slot after one update holds a tenth of it."""
    slots = optimizer.slots(config, gradient.size)
    lanes, p = gradient[None].astype(np.float32).copy(), np.zeros(gradient.size, np.float32)
    norms = optimizer.apply(
        p, lanes, slots["mean"], slots["square"], optimizer.NOTHING, *optimizer.settings(config, 0.1, 1)
    )
    return norms, slots["mean"] / (1 - config.beta1)


def test_the_gradient_is_clipped_by_norm_or_by_value_and_both_norms_are_told():
    g = np.array([3.0, -4.0, 0.0, 12.0])
    norms, used = clipped(TrainConfig(clip=6.5), g)
    assert norms == pytest.approx((13.0, 6.5))
    np.testing.assert_allclose(used, g / 2, rtol=1e-6)
    norms, used = clipped(TrainConfig(clip=3.5, clip_by="value"), g)
    assert norms == pytest.approx((13.0, math.sqrt(3**2 + 2 * 3.5**2)))
    np.testing.assert_allclose(used, [3, -3.5, 0, 3.5], rtol=1e-6)
    norms, used = clipped(TrainConfig(clip=0.0), g)
    assert norms == pytest.approx((13.0, 13.0))
    np.testing.assert_allclose(used, g, rtol=1e-6)


def test_lanes_are_summed_in_order_and_left_empty():
    rng = np.random.default_rng(1)
    lanes = rng.normal(size=(3, P)).astype(np.float32)
    wanted = (lanes[0] + lanes[1]) + lanes[2]
    squared = optimizer.sum_lanes(lanes)
    np.testing.assert_array_equal(lanes[0], wanted)
    assert not lanes[1:].any()
    assert squared == pytest.approx(float((wanted.astype(float) ** 2).sum()), rel=1e-5)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_a_gradient_that_is_not_finite_changes_nothing(name, bad):
    config = TrainConfig(optimizer=name)
    p, slots = np.ones(P, np.float32), optimizer.slots(config, P)
    lanes = np.ones((2, P), np.float32)
    lanes[1, 5] = bad
    three = [*slots.values(), optimizer.NOTHING][:3]
    before = [slot.copy() for slot in three]
    norm, _ = optimizer.apply(p, lanes, *three, *optimizer.settings(config, 0.1, 1))
    assert not math.isfinite(norm)
    assert (p == 1).all()
    for slot, was in zip(three, before, strict=True):
        np.testing.assert_array_equal(slot, was)
    assert not np.isfinite(lanes[0, 5])


def test_the_rate_falls_only_while_polishing():
    config = TrainConfig(rate=0.1, polish=1000, fall="cosine")
    assert rate_at(config, None) == rate_at(config, 0) == 0.1
    assert rate_at(config, 500) == pytest.approx(0.1 * 0.505)
    assert rate_at(config, 1000) == rate_at(config, 5000) == pytest.approx(0.001)
    assert rate_at(change(config, {"rate": 0.2}), 1000) == pytest.approx(0.002)
    assert rate_at(TrainConfig(rate=0.1, polish=1000, fall="quarter"), 1) == 0.025
    assert rate_at(TrainConfig(rate=0.1), 500) == 0.1
