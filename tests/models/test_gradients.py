"""Every model of the catalog, under every switch, at odd sizes: its gradients are its derivatives, and its twin agrees.

A model's small config shrinks every large whole knob to an odd number; its variants change one choice or one whole
knob at a time (so one slot, one head, three heads, no shift, ...), and then all choices at once.
"""

from __future__ import annotations

import dataclasses
import functools
import importlib
from unittest import mock

import numpy as np
import pytest

from memviz import catalog
from memviz.contracts.knob import knobs
from memviz.contracts.model import has_memory
from memviz.contracts.task import Chunk, Episode
from memviz.ops.output import output_twin

X, Y, T, C = 4, 3, 5, 3
STEP = 3e-7  # of the central differences: a cosine of one number bends within the root of its epsilon
SCALE = 0.7  # of the loss whose gradient is taken
EXACT, DIFFERENCES = 1e-9, 1e-6  # relative to the norm of each block


def small(model):
    """The default config with large whole knobs made small and odd."""
    sizes = (13, 7, 5, 3)
    large = [knob for knob in knobs(model.config).values() if knob.whole and knob.default > 8]
    return model.config(**{knob.name: sizes[i % len(sizes)] for i, knob in enumerate(large)})


def variants(model):
    """(label, config): the small one, and it with one thing changed."""
    base = small(model)
    yield "small", base
    for knob in knobs(model.config).values():
        if knob.options:
            others = [option for option in knob.options if option != knob.default]
        elif knob.whole:
            others = sorted({int(knob.low), min(int(knob.low) + 2, int(knob.high))} - {getattr(base, knob.name)})
        else:
            others = [0.4] if knob.default == knob.low == 0 else []  # what is off by default
        for value in others:
            yield f"{knob.name}={value}", dataclasses.replace(base, **{knob.name: value})
    last = {knob.name: knob.options[-1] for knob in knobs(model.config).values() if knob.options}
    yield "last choices", dataclasses.replace(base, **last)


CASES = [
    pytest.param(model, config, id=f"{name}: {label}")
    for name, model in catalog.models().items()
    for label, config in variants(model)
]
every_case = pytest.mark.parametrize(("model", "config"), CASES)


def classes(config):
    return getattr(config, "outputs", "bits") == "classes"


def detached(config):
    """Whether some gradient is cut off by a switch of the model."""
    return getattr(config, "usage_gradient", "full") == "detached"


def without_ties(config):
    """The config, from a memory whose slots differ if usage orders them: rounding would order slots that are alike."""
    alike = hasattr(config, "usage_epsilon") and config.memory == "constant"
    return dataclasses.replace(config, memory="random") if alike else config


def parameters(model, config, dtype=np.float64):
    """First parameters, shaken so that no bias or logit is zero."""
    rng = np.random.default_rng(3)
    params = model.init(config, X, Y, rng)
    return {name: (block + rng.normal(0, 0.3, block.shape)).astype(dtype) for name, block in params.items()}


def chunk(config, steps=T, episodes=C, dtype=np.float64):
    """Random inputs and targets; each episode is asked at its own steps, at least at the last."""
    rng = np.random.default_rng(4)
    inputs = rng.integers(0, 2, (steps, episodes, X))
    targets = rng.integers(0, 2, (steps, episodes, Y))
    if classes(config):
        targets = np.eye(Y)[rng.integers(0, Y, (steps, episodes))]
    mask = rng.integers(0, 2, (steps, episodes))
    mask[-1] = 1
    return Chunk(inputs.astype(dtype), targets.astype(dtype), mask.astype(dtype))


def carried(model, config, episodes=C, dtype=np.float64):
    """A memory (C, slot, word) left by earlier episodes, or None for models without one."""
    if not has_memory(model, config):
        return None
    shape = model.start(config, parameters(model, config, dtype))["memory"].shape
    return np.random.default_rng(5).normal(0, 0.5, (episodes, *shape)).astype(dtype)


def filled(model, config, episodes, fill):
    """The model's scratch, all of whose np.empty arrays hold `fill`."""
    steps, number = episodes.mask.shape
    empty = functools.partial(np.full, fill_value=fill)
    with mock.patch.object(np, "empty", lambda shape, dtype=float, **_: empty(shape, dtype=dtype)):
        return model.scratch(config, X, Y, steps, number, episodes.inputs.dtype)


def gradient(model, config, params, episodes, memory=None, scratch=None):
    """(nats, wrong bits, gradients by block) of a chunk; without scratch, of the forward only."""
    learn, scratch = scratch is not None, scratch or filled(model, config, episodes, 0.125)
    grads = {name: np.zeros_like(block) for name, block in params.items()} if learn else None
    nats, wrong = model.gradient(config, params, episodes, SCALE, grads, scratch, memory)
    return nats, wrong, grads


def assert_near(got, want, relative, absolute=0.0, what=""):
    error, size = np.linalg.norm(got - want), max(np.linalg.norm(got), np.linalg.norm(want))
    assert error <= relative * size + absolute, f"{what}: error {error:.2e} beside {size:.2e}"


@every_case
@pytest.mark.parametrize("steps", [T, 1])
def test_the_gradient_is_the_derivative(model, config, steps):
    if detached(config):
        pytest.skip("a detached gradient is not the derivative, on purpose: only the twin can say what it is")
    params, episodes = parameters(model, config), chunk(config, steps)
    scratch = filled(model, config, episodes, 0.125)
    nats, _, grads = gradient(model, config, params, episodes, scratch=scratch)
    rounding = 1e-15 * max(1.0, abs(nats)) / STEP
    for name, block in params.items():
        slope = np.zeros_like(block)
        for at in np.ndindex(block.shape):
            middle, sides = block[at], []
            for value in (middle + STEP, middle - STEP):
                block[at] = value
                sides.append(model.gradient(config, params, episodes, SCALE, None, scratch, None)[0])
            block[at] = middle
            slope[at] = SCALE * (sides[0] - sides[1]) / (2 * STEP)
        assert_near(grads[name], slope, DIFFERENCES, rounding * np.sqrt(slope.size), name)


@every_case
@pytest.mark.parametrize("steps", [T, 1])
def test_what_scratch_held_before_leaves_no_trace(model, config, steps):
    params, episodes = parameters(model, config, np.float32), chunk(config, steps, dtype=np.float32)
    results = []
    for fill in (0.125, -7.7e3):
        memory = carried(model, config, dtype=np.float32)
        scratch = filled(model, config, episodes, fill)
        nats, wrong, grads = gradient(model, config, params, episodes, memory, scratch)
        arrays = [np.float64(nats), np.int64(wrong), *grads.values(), *([] if memory is None else [memory])]
        results.append([array.tobytes() for array in arrays])
    assert results[0] == results[1]


@every_case
def test_float32_is_close_to_float64(model, config):
    exact, single = (
        gradient(
            model, config, parameters(model, config, dtype), episodes, scratch=filled(model, config, episodes, 0.0)
        )
        for dtype in (np.float64, np.float32)
        for episodes in [chunk(config, dtype=dtype)]
    )
    assert single[0] == pytest.approx(exact[0], rel=1e-4)
    for name, grad in exact[2].items():
        assert_near(single[2][name], grad, 1e-3, 1e-6, name)


def tensors(torch, values):
    return {name: torch.tensor(value, requires_grad=True) for name, value in values.items()}


@pytest.mark.torch
@every_case
@pytest.mark.parametrize("carry", [False, True])
@pytest.mark.parametrize("steps", [T, 1])
def test_loss_and_gradient_agree_with_the_torch_twin(model, config, steps, carry):
    torch = pytest.importorskip("torch", reason="the twins need the [torch] extra")
    twin, episodes = importlib.import_module(model.twin), chunk(config, steps)
    params, memory = parameters(model, config), carried(model, config) if carry else None
    leaves = tensors(torch, params)
    state = twin.start(config, leaves, C) | ({} if memory is None else {"memory": torch.tensor(memory)})
    logits, states = twin.forward(config, leaves, torch.tensor(episodes.inputs), state)
    twin_nats, twin_wrong = twin.loss(config, logits, torch.tensor(episodes.targets), torch.tensor(episodes.mask))
    (SCALE * twin_nats).backward()

    nats, wrong, grads = gradient(model, config, params, episodes, memory, filled(model, config, episodes, 0.125))
    assert nats == pytest.approx(twin_nats.item(), rel=EXACT)
    assert wrong == twin_wrong.item()
    for name, leaf in leaves.items():
        want = np.zeros_like(params[name]) if leaf.grad is None else leaf.grad.numpy()
        assert_near(grads[name], want, EXACT, 1e-14, name)
    if memory is not None:
        assert_near(memory, states[-1]["memory"].detach().numpy(), EXACT, what="memory left behind")


@pytest.mark.torch
@every_case
@pytest.mark.parametrize("steps", [T, 1])
def test_every_signal_and_its_gradient_agree_with_the_torch_twin(model, config, steps):
    torch = pytest.importorskip("torch", reason="the twins need the [torch] extra")
    config = without_ties(config)
    twin, episodes = importlib.import_module(model.twin), chunk(config, steps, episodes=1)
    params = parameters(model, config)
    leaves = {name: torch.tensor(value) for name, value in params.items()}
    state = {name: value.requires_grad_() for name, value in twin.start(config, leaves, 1).items()}
    logits, states = twin.forward(config, leaves, torch.tensor(episodes.inputs), state)
    for value in (value for after in states[1:] for value in after.values()):
        value.retain_grad()
    nats, _ = twin.loss(config, logits, torch.tensor(episodes.targets), torch.tensor(episodes.mask))
    nats.backward()
    slopes = [{name: slope(value) for name, value in state.items()} for state in states]

    episode = Episode(episodes.inputs[:, 0], episodes.targets[:, 0], episodes.mask[:, 0], ("ask",) * steps)
    outputs, after, tape = model.forward(config, params, model.start(config, params), episode.inputs, None)
    gradients = model.backward(config, params, model.start(config, params), episode)
    assert set(tape) == set(model.signals(config))
    assert set(gradients) == {f"d_{name}" for name in tape}
    assert_near(outputs, output_twin(logits, classes(config))[:, 0].detach().numpy(), EXACT, what="outputs")
    for name, value in twin.tape(config, states).items():
        assert_near(tape[name], one_episode(name, value.detach()), EXACT, what=name)
    answered = episode.mask.sum() * (1 if classes(config) else Y)
    for name, value in twin.tape(config, slopes).items():
        assert_near(gradients[f"d_{name}"], one_episode(name, value) / answered, EXACT, 1e-14, f"d_{name}")
    if has_memory(model, config):
        words = tape["memory"].shape[-1]  # a state's slots may hold more: keys, and how they were used
        np.testing.assert_array_equal(after["memory"][:, :words], tape["memory"][-1])


def one_episode(name, value):
    """What a tape holds of the only episode: (T, 1, ...), or (1, ...) before step 0."""
    return (value[0] if name.endswith("_start") else value[:, 0]).numpy()


def slope(value):
    """dL/d(value); zero where the loss does not see it."""
    return value.grad if value.grad is not None else value.detach() * 0
