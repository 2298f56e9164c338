"""Priority sort: Python's own sort, told only the inputs, gives the answers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memviz.contracts.errors import ConfigError
from memviz.contracts.knob import from_dict
from memviz.tasks.priority_sort import TASK
from memviz.tasks.priority_sort.config import PrioritySortConfig
from memviz.tasks.priority_sort.episodes import rank

PAPER = from_dict(PrioritySortConfig, TASK.presets["paper"].knobs)


@st.composite
def configs(draw):
    words = draw(st.integers(1, 30))
    return PrioritySortConfig(draw(st.integers(1, 16)), words, draw(st.integers(1, words)))


def check(config, inputs, targets, mask):
    shown = [(row[config.width], list(row[: config.width])) for row in inputs[: config.words]]
    ordered = [word for _, word in sorted(shown, key=lambda item: -item[0])]
    np.testing.assert_array_equal(targets[mask > 0], ordered[: config.answers])
    np.testing.assert_array_equal(mask, [0] * (config.words + 1) + [1] * config.answers)
    assert inputs[:, config.width + 1].tolist() == [float(t == config.words) for t in range(len(inputs))]
    assert not inputs[config.words + 1 :].any()
    assert not targets[: config.words + 1].any()


@given(configs(), st.integers(0, 2**32))
@settings(max_examples=60, deadline=None)
def test_the_highest_priorities_are_asked_for_in_order(config, seed):
    episode = TASK.sample(config, np.random.default_rng(seed))
    check(config, episode.inputs, episode.targets, episode.mask)
    assert len(episode.mask) == TASK.steps(config)


def test_every_episode_of_a_batch_is_right():
    (X, Y), T = TASK.widths(PAPER), TASK.steps(PAPER)
    inputs, targets, mask = np.empty((T, 4, X), "f4"), np.empty((T, 4, Y), "f4"), np.empty((T, 4), "f4")
    for key in range(20):
        assert TASK.sample_batch(PAPER, key, inputs, targets, mask) == T == 37
        for c in range(4):
            check(PAPER, inputs[:, c], targets[:, c], mask[:, c])


def test_equal_priorities_stay_in_the_order_they_came_in():
    priorities = np.array([0.5, -1.0, 0.5, 0.5, 0.9], np.float32)
    assert [rank(priorities, t) for t in range(5)] == [1, 4, 2, 3, 0]


def test_priorities_are_uniform_in_minus_1_to_1_and_independent_of_the_words():
    rng = np.random.default_rng(1)
    episodes = [TASK.sample(PAPER, rng) for _ in range(500)]
    p = np.concatenate([e.inputs[:20, 8] for e in episodes])
    words = np.concatenate([e.inputs[:20, :8] for e in episodes])
    assert -1 <= p.min() < -0.99
    assert 0.99 < p.max() <= 1
    assert (p.mean(), p.var()) == (pytest.approx(0, abs=0.02), pytest.approx(1 / 3, abs=0.01))
    assert np.abs([np.corrcoef(p, bit)[0, 1] for bit in words.T]).max() < 0.04
    assert words.mean() == pytest.approx(0.5, abs=0.01)


def test_a_longer_sequence_asks_for_the_same_share():
    episode = TASK.sample(PAPER, np.random.default_rng(0), length=40)
    assert (episode.phases.count("present"), episode.phases.count("sorted")) == (40, 32)
    check(PrioritySortConfig(8, 40, 32), episode.inputs, episode.targets, episode.mask)
    with pytest.raises(ConfigError, match=r"priority_sort\.sample"):
        TASK.sample(PAPER, np.random.default_rng(0), length=0)


def test_chance_is_128_bits_and_64_wrong():
    assert TASK.chance(PAPER) == {"bits_per_sequence": 128.0, "wrong_bits": 64.0}


def test_more_answers_than_words_are_refused():
    with pytest.raises(ConfigError, match=r"answers: want at most words \(4\), got 5"):
        PrioritySortConfig(words=4, answers=5)
