"""Where the key-value memory's slots are hit, evicted and merged: exact gradients, and the twin agrees.

The general tests use memories that never fill. Here two or three slots meet twelve steps, under every rule and policy.
The network's numbers are drawn so that no choice of a slot is close: a difference never crosses one.
"""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from memviz.contracts.task import Chunk, Episode
from memviz.models.keyvalue import MODEL
from memviz.models.keyvalue.config import RULES, KeyValueConfig
from tests.models.test_gradients import X, Y, assert_near, filled, one_episode, slope

T, C = 12, 2
STEP, SCALE = 1e-6, 0.7
SMALL = {"N": 3, "W": 5, "hidden": 4, "hit": 0.7, "rate": 0.3}
CASES = [{"policy": policy, "update": update} for policy, update in itertools.product(RULES, ("append", "average"))]
CASES += [{"policy": policy, "update": "replace", "write": "gate"} for policy in RULES]
CASES += [
    {"N": 1},
    {"N": 1, "policy": "merge"},
    {"N": 1, "policy": "belady", "update": "append"},
    {"N": 2, "nearest": 7},
    {"nearest": 2, "policy": "merge", "write": "gate"},
    {"hard": True, "write": "gate", "update": "average"},
    {"hard": True, "policy": "merge", "controller": "lstm", "feedback": True},
    {"controller": "lstm", "update": "average", "policy": "lfu"},
    {"feedback": True, "past": 0, "write": "gate", "vectors": "tanh", "policy": "usage"},
    {"controller": "lstm", "feedback": True, "past": 2, "strength": "softplus", "policy": "merge"},
    {"W": 1, "hidden": 1, "update": "append"},
    {"policy": "usage", "free": 1.0, "hard": True, "update": "append"},
]
SAFE = {"protect": 4, "protect_share": 0.5}  # slots 0 and 1, once they are filled
CASES += [{"policy": policy, "update": "append", **SAFE} for policy in RULES]
CASES += [
    {"update": "average", "protect": 1, "write": "gate"},
    {"update": "append", "protect": 5, "controller": "lstm", "feedback": True},  # nothing is left to write to
    {"update": "replace", "protect": 3, "policy": "usage", "hit": 0.5},
]
every_case = pytest.mark.parametrize("knobs", CASES, ids=lambda knobs: " ".join(f"{k}={v}" for k, v in knobs.items()))


def network(knobs, dtype=np.float64):
    config = KeyValueConfig(**{**SMALL, **knobs})
    rng = np.random.default_rng(5)
    params = {
        name: (block + rng.normal(0, 0.4, block.shape)).astype(dtype)
        for name, block in MODEL.init(config, X, Y, rng).items()
    }
    return config, params


def episodes(steps=T, dtype=np.float64):
    rng = np.random.default_rng(6)
    inputs, targets = rng.integers(0, 2, (steps, C, X)), rng.integers(0, 2, (steps, C, Y))
    return Chunk(inputs.astype(dtype), targets.astype(dtype), np.ones((steps, C), dtype))


def gradient(config, params, chunk, memory=None):
    scratch = MODEL.scratch(config, X, Y, *chunk.mask.shape, chunk.inputs.dtype)
    grads = {name: np.zeros_like(block) for name, block in params.items()}
    nats, wrong = MODEL.gradient(config, params, chunk, SCALE, grads, scratch, memory)
    return nats, wrong, grads


def difference(config, params, chunk, block, at):
    scratch = MODEL.scratch(config, X, Y, *chunk.mask.shape, np.float64)
    middle, sides = params[block][at], []
    for value in (middle + STEP, middle - STEP):
        params[block][at] = value
        sides.append(MODEL.gradient(config, params, chunk, SCALE, None, scratch, None)[0])
    params[block][at] = middle
    return SCALE * (sides[0] - sides[1]) / (2 * STEP)


@every_case
def test_the_gradient_is_the_derivative_where_no_choice_is_close(knobs):
    config, params = network(knobs)
    grads = gradient(config, params, episodes())[2]
    for name, block in grads.items():
        want = np.zeros_like(block)
        for at in np.ndindex(block.shape):
            want[at] = difference(config, params, episodes(), name, at)
        assert_near(block, want, 1e-6, 1e-9, name)


@pytest.mark.torch
@every_case
def test_loss_gradient_and_memory_agree_with_the_twin(knobs):
    torch = pytest.importorskip("torch", reason="the twins need the [torch] extra")
    from memviz.models.keyvalue import twin

    (config, params), chunk = network(knobs), episodes()
    leaves = {name: torch.tensor(block, requires_grad=True) for name, block in params.items()}
    logits, states = twin.forward(config, leaves, torch.tensor(chunk.inputs))
    nats, wrong = twin.loss(config, logits, torch.tensor(chunk.targets), torch.tensor(chunk.mask))
    (SCALE * nats).backward()

    memory = np.repeat(MODEL.start(config, params)["memory"][None], C, 0)
    got, got_wrong, grads = gradient(config, params, chunk, memory)
    assert got == pytest.approx(nats.item(), rel=1e-9)
    assert got_wrong == wrong.item()
    np.testing.assert_allclose(memory, states[-1]["memory"].detach().numpy(), rtol=1e-9, atol=1e-12)
    for name, leaf in leaves.items():
        want = np.zeros_like(params[name]) if leaf.grad is None else leaf.grad.numpy()
        assert_near(grads[name], want, 1e-9, 1e-13, name)


@pytest.mark.torch
@every_case
def test_every_recorded_gradient_agrees_with_the_twin(knobs):
    torch = pytest.importorskip("torch", reason="the twins need the [torch] extra")
    from memviz.models.keyvalue import twin

    (config, params), chunk = network(knobs), episodes()
    chunk = Chunk(*(np.ascontiguousarray(a[:, :1]) for a in (chunk.inputs, chunk.targets, chunk.mask)))
    leaves = {name: torch.tensor(value) for name, value in params.items()}
    state = {name: value.requires_grad_() for name, value in twin.start(config, leaves, 1).items()}
    logits, states = twin.forward(config, leaves, torch.tensor(chunk.inputs), state)
    for value in (value for after in states[1:] for value in after.values()):
        value.retain_grad()
    twin.loss(config, logits, torch.tensor(chunk.targets), torch.tensor(chunk.mask))[0].backward()

    episode = Episode(chunk.inputs[:, 0], chunk.targets[:, 0], chunk.mask[:, 0], ("ask",) * T)
    tape = MODEL.forward(config, params, MODEL.start(config, params), episode.inputs, None)[2]
    got = MODEL.backward(config, params, MODEL.start(config, params), episode)
    for name, value in twin.tape(config, states).items():
        assert_near(tape[name], one_episode(name, value.detach()), 1e-9, 1e-13, name)
    slopes = [{name: slope(value) for name, value in each.items()} for each in states]
    for name, value in twin.tape(config, slopes).items():
        assert_near(got[f"d_{name}"], one_episode(name, value) / (T * Y), 1e-9, 1e-14, f"d_{name}")


@every_case
def test_what_scratch_held_before_leaves_no_trace(knobs):
    (config, params), chunk, results = network(knobs, np.float32), episodes(dtype=np.float32), []
    for fill in (0.125, -7.7e3):
        memory = np.repeat(MODEL.start(config, params)["memory"][None], C, 0)
        grads = {name: np.zeros_like(block) for name, block in params.items()}
        nats, _ = MODEL.gradient(config, params, chunk, SCALE, grads, filled(MODEL, config, chunk, fill), memory)
        results.append([array.tobytes() for array in (np.float64(nats), memory, *grads.values())])
    assert results[0] == results[1]


@every_case
def test_a_carried_memory_is_the_one_that_forward_leaves(knobs):
    (config, params), chunk = network(knobs), episodes()
    memory = np.repeat(MODEL.start(config, params)["memory"][None], C, 0)
    state = MODEL.start(config, params)
    for _ in range(2):
        gradient(config, params, chunk, memory)
        begin = MODEL.start(config, params) | {"memory": state["memory"]}
        state = MODEL.forward(config, params, begin, chunk.inputs[:, 0], None)[1]
    np.testing.assert_allclose(memory[0], state["memory"], rtol=1e-12, atol=1e-14)


@every_case
def test_every_case_fills_its_memory_and_gives_something_up(knobs):
    config, params = network(knobs)
    inputs = episodes().inputs[:, 0]
    tape = MODEL.forward(config, params, MODEL.start(config, params), inputs, None)[2]
    names = {event.name for event in MODEL.events(config, tape)}
    assert {"read", "write"} <= names
    assert names & {"evict", "merge", "hit"} or config.protect
