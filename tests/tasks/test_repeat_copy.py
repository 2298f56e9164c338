"""Repeat copy: what is asked for follows from what was shown; checked by a reader that knows only the format."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memviz.contracts.errors import ConfigError
from memviz.contracts.knob import from_dict
from memviz.tasks.repeat_copy import TASK
from memviz.tasks.repeat_copy.config import RepeatCopyConfig
from memviz.tasks.repeat_copy.episodes import normal

PAPER = from_dict(RepeatCopyConfig, TASK.presets["paper"].knobs)


@st.composite
def configs(draw):
    low, least = draw(st.integers(1, 6)), draw(st.integers(1, 6))
    high, most = draw(st.integers(low, 8)), draw(st.integers(least, 8))
    return RepeatCopyConfig(draw(st.integers(1, 16)), low, high, least, most)


def answers(config, inputs):
    """The targets and the mask that inputs (T, X) ask for, read step by step."""
    rows = [list(row) for row in inputs]
    at = next(t for t, row in enumerate(rows) if row[config.width] == 1)
    words = [row[: config.width] for row in rows[:at]]
    counts = range(config.least, config.most + 1)
    mean, spread = np.mean(counts), np.std(counts) or 1
    repeats = round(rows[at][config.width + 1] * spread + mean)
    said = [[*word, 0] for _ in range(repeats) for word in words] + [[0] * config.width + [1]]
    silent = [[0] * (config.width + 1)] * (at + 1)
    return np.array(silent + said), np.array([0] * len(silent) + [1] * len(said))


@given(configs(), st.integers(0, 2**32))
@settings(max_examples=60, deadline=None)
def test_the_words_are_asked_for_as_often_as_the_number_says_and_then_the_end(config, seed):
    episode = TASK.sample(config, np.random.default_rng(seed))
    targets, mask = answers(config, episode.inputs)
    np.testing.assert_array_equal(episode.targets, targets)
    np.testing.assert_array_equal(episode.mask, mask)
    assert len(mask) <= TASK.steps(config)


def test_every_episode_of_a_batch_is_right_and_has_words_of_its_own():
    (X, Y), T = TASK.widths(PAPER), TASK.steps(PAPER)
    inputs, targets, mask = np.empty((T, 5, X), "f4"), np.empty((T, 5, Y), "f4"), np.empty((T, 5), "f4")
    T = TASK.sample_batch(PAPER, 3, inputs, targets, mask)
    for c in range(5):
        wanted, asked = answers(PAPER, inputs[:T, c])
        np.testing.assert_array_equal(targets[:T, c], wanted)
        np.testing.assert_array_equal(mask[:T, c], asked)
    assert len({inputs[:T, c].tobytes() for c in range(5)}) == 5


def test_nothing_is_shown_after_the_number():
    episode = TASK.sample(PAPER, np.random.default_rng(0), length=4)
    assert not episode.inputs[5:].any()
    assert not episode.inputs[:4, 8:].any()
    assert not episode.inputs[4, :8].any()


def test_the_number_has_mean_0_and_variance_1_over_what_is_trained_on():
    mean, deviation = normal(PAPER)
    said = (np.arange(1, 11) - mean) / deviation
    assert (said.mean(), said.var()) == (pytest.approx(0), pytest.approx(1))
    assert normal(RepeatCopyConfig(least=3, most=3)) == (3, 1)


def test_keys_reach_every_length_and_number_evenly():
    (X, Y), T = TASK.widths(PAPER), TASK.steps(PAPER)
    inputs, targets, mask = np.empty((T, 1, X), "f4"), np.empty((T, 1, Y), "f4"), np.empty((T, 1), "f4")
    seen = np.zeros((11, 11))
    for key in range(5000):
        steps = TASK.sample_batch(PAPER, key, inputs, targets, mask)
        length = int(np.flatnonzero(inputs[:steps, 0, 8])[0])
        seen[length, (steps - 2) // length - 1] += 1
    assert seen[1:, 1:].min() > 20  # 50 each, standard deviation 7
    assert seen[1:, 1:].max() < 85


def test_the_exam_has_every_length_with_every_number():
    sizes = set()
    for chunk in TASK.exam(PAPER, np.random.default_rng(0)):
        length = int(np.flatnonzero(chunk.inputs[:, 0, 8])[0])
        sizes.add((length, (len(chunk.mask) - 2) // length - 1))
    assert len(sizes) == 100


def test_longer_and_more_often_than_trained_keeps_what_the_number_means():
    episode = TASK.sample(PAPER, np.random.default_rng(1), length=20, repeats=20)
    targets, _ = answers(PAPER, episode.inputs)
    np.testing.assert_array_equal(episode.targets, targets)
    assert episode.phases.count("recall") == 400
    harder = TASK.stretch(PAPER)
    assert (harder.low, harder.high, normal(harder)) == (20, 20, normal(PAPER))


def test_chance_is_282_bits_on_the_papers_sizes():
    assert TASK.chance(PAPER) == {"bits_per_sequence": 281.25, "wrong_bits": 140.625}  # (5.5 * 5.5 + 1) * 9


@pytest.mark.parametrize("values", [{"low": 3, "high": 2}, {"least": 3, "most": 2}, {"width": 0}])
def test_sizes_that_leave_nothing_are_refused(values):
    with pytest.raises(ConfigError, match="RepeatCopyConfig"):
        RepeatCopyConfig(**values)


@pytest.mark.parametrize("size", [{"length": 0}, {"length": 10**6}, {"repeats": 0}])
def test_an_episode_of_no_size_is_refused(size):
    with pytest.raises(ConfigError, match=r"repeat_copy\.sample: want a length"):
        TASK.sample(PAPER, np.random.default_rng(0), **size)
