"""The links of every step are never all kept where that takes much room, and nothing else changes for it."""

from __future__ import annotations

import math

import numpy as np
import pytest

import tests.models.test_gradients as shared
from memviz import catalog
from memviz.models.dnc import workspace

MODEL = catalog.models()["dnc"]


def room(config, T, C):
    return MODEL.scratch(config, 8, 8, T, C, np.float32)


def links(arrays, T, C):
    """Numbers that the links take in all."""
    tape, _, _ = arrays.named(T, C)
    return tape.link.size + tape.kept.size


@pytest.mark.parametrize(("N", "T", "C"), [(256, 400, 1), (256, 400, 2), (256, 399, 1), (1024, 64, 1)])
def test_links_take_room_for_twice_the_root_of_the_steps(N, T, C):
    config = MODEL.config(N=N, W=8, hidden=8, read_heads=1)
    arrays = room(config, T, C)
    assert links(arrays, T, C) <= (2 * math.ceil(math.sqrt(T)) + 1) * C * N * N
    if (N, T, C) == (256, 400, 1):
        assert links(arrays, T, C) * 4 <= 11 * 2**20  # 10.25 MiB, where all of them would be 100 MiB
        assert arrays.room.buffer.nbytes <= 64 * 2**20


def test_shorter_chunks_fit_into_the_same_room():
    config = MODEL.config(N=64, W=8, hidden=8, read_heads=1)
    whole = room(config, 200, 3)
    for T in (1, 13, 14, 15, 99, 200):
        last = whole.at(T, 2)[-1]
        assert last.ctypes.data + last.nbytes <= whole.room.buffer.ctypes.data + whole.room.buffer.nbytes


@pytest.mark.parametrize("steps", [1, 4, 7, 9])
def test_links_computed_once_more_give_the_same_gradient(monkeypatch, steps):
    config = shared.small(MODEL)
    params, episodes = shared.parameters(MODEL, config), shared.chunk(config, steps)
    results = []
    for most in (1 << 18, 0):
        monkeypatch.setattr(workspace, "MOST_LINKS", most)
        arrays = shared.filled(MODEL, config, episodes, 0.125)
        tape, _, _ = arrays.named(*episodes.mask.shape)
        assert len(tape.link) - 1 == (steps if most else math.ceil(math.sqrt(steps)))
        results.append(shared.gradient(MODEL, config, params, episodes, scratch=arrays))
    assert results[0][:2] == results[1][:2]
    for name, grad in results[0][2].items():
        np.testing.assert_allclose(results[1][2][name], grad, rtol=1e-12, atol=1e-15)


def test_a_trace_holds_the_links_of_a_memory_that_is_small_enough_to_be_looked_at():
    for N, shown in ((64, True), (65, False)):
        config = MODEL.config(N=N, W=3, hidden=3, read_heads=1)
        assert ("link" in MODEL.signals(config)) == shown
        params = MODEL.init(config, 2, 2, np.random.default_rng(0))
        _, after, tape = MODEL.forward(config, params, MODEL.start(config, params), np.ones((70, 2)), None)
        assert ("link" in tape) == shown
        assert after["link"].shape == (N, N)
        assert after["link"].max() > 0


def test_an_episode_in_two_halves_is_the_whole_one(monkeypatch):
    monkeypatch.setattr(workspace, "MOST_LINKS", 0)
    config = MODEL.config(N=65, W=3, hidden=5, read_heads=2)
    params = shared.parameters(MODEL, config)
    inputs = np.random.default_rng(1).normal(size=(11, shared.X))
    outputs, state, _ = MODEL.forward(config, params, MODEL.start(config, params), inputs, None)
    first, middle, _ = MODEL.forward(config, params, MODEL.start(config, params), inputs[:5], None)
    second, end, _ = MODEL.forward(config, params, middle, inputs[5:], None)
    np.testing.assert_allclose(np.concatenate([first, second]), outputs, rtol=1e-10)
    for name, value in state.items():
        np.testing.assert_allclose(end[name], value, rtol=1e-9, atol=1e-13, err_msg=name)
