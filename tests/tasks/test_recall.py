"""Key-value recall: a dictionary filled from the pairs answers every query."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memviz.contracts.errors import ConfigError
from memviz.contracts.knob import from_dict
from memviz.tasks.recall import TASK
from memviz.tasks.recall.config import RecallConfig

PAPER = from_dict(RecallConfig, TASK.presets["paper"].knobs)


@st.composite
def configs(draw):
    keys = draw(st.integers(2, 12))
    low = draw(st.integers(1, keys))
    high = draw(st.integers(low, keys))
    return RecallConfig(keys, draw(st.integers(2, 12)), low, high, draw(st.integers(1, 5)), draw(st.floats(0.001, 1)))


def check(config, inputs, targets, mask):
    """Answer every query from a dictionary; returns the number of pairs."""
    symbols = [int(np.flatnonzero(row)[0]) if row.any() else None for row in inputs]
    assert set(np.unique(inputs)) <= {0, 1}
    assert inputs.sum(axis=1).max() == 1
    pairs = len(inputs) // (2 + config.room)
    known = dict(zip(symbols[: 2 * pairs : 2], symbols[1 : 2 * pairs : 2], strict=True))
    assert len(known) == pairs
    assert max(known) < config.keys <= min(known.values())
    for t, symbol in enumerate(symbols):
        asked = t >= 2 * pairs and symbol is not None
        assert bool(mask[t]) == asked
        assert targets[t].sum() == asked
        if asked:
            assert targets[t].argmax() == known.pop(symbol) - config.keys
    assert not known  # every key was asked about, once
    return pairs


@given(configs(), st.integers(0, 2**32))
@settings(max_examples=80, deadline=None)
def test_every_key_comes_back_once_and_its_own_value_is_asked_for(config, seed):
    episode = TASK.sample(config, np.random.default_rng(seed))
    assert config.low <= check(config, episode.inputs, episode.targets, episode.mask) <= config.high
    assert len(episode.mask) <= TASK.steps(config)
    asked = [phase == "query" for phase in episode.phases]
    np.testing.assert_array_equal(episode.mask, asked)


def test_every_episode_of_a_batch_is_right_and_every_number_of_pairs_comes():
    (X, Y), T = TASK.widths(PAPER), TASK.steps(PAPER)
    inputs, targets, mask = np.empty((T, 3, X), "f4"), np.empty((T, 3, Y), "f4"), np.empty((T, 3), "f4")
    seen = set()
    for key in range(150):
        steps = TASK.sample_batch(PAPER, key, inputs, targets, mask)
        seen |= {check(PAPER, inputs[:steps, c], targets[:steps, c], mask[:steps, c]) for c in range(3)}
    assert seen == set(range(4, 17))


@pytest.mark.parametrize("power", [0.01, 1.0])
def test_gaps_follow_the_power_law(power):
    config = RecallConfig(4, 4, 1, 1, 8, power)
    counts, rng = np.zeros(8), np.random.default_rng(2)
    for _ in range(4000):
        counts[np.flatnonzero(TASK.sample(config, rng).mask)[0] - 2] += 1
    weights = np.arange(1, 9) ** (power - 1.0)
    wanted = 4000 * weights / weights.sum()
    assert np.abs((counts - wanted) / np.sqrt(wanted)).max() < 4


def test_more_pairs_than_trained_on_as_far_as_there_are_keys():
    episode = TASK.sample(PAPER, np.random.default_rng(0), length=64)
    assert check(PAPER, episode.inputs, episode.targets, episode.mask) == 64
    with pytest.raises(ConfigError, match=r"recall\.sample: want a length of 1\.\.64 pairs"):
        TASK.sample(PAPER, np.random.default_rng(0), length=65)
    assert TASK.stretch(PAPER).high == 32
    assert TASK.stretch(RecallConfig(keys=10, high=8)).high == 10


def test_chance_is_every_value_alike():
    assert TASK.chance(PAPER) == {"bits_per_sequence": 60.0, "wrong_bits": 10 * (1 - 1 / 64), "accuracy": 1 / 64}


def test_fewer_keys_than_pairs_are_refused():
    with pytest.raises(ConfigError, match=r"high: want at most keys \(4\), got 8"):
        RecallConfig(keys=4)
