from __future__ import annotations

import numpy as np
import pytest

from memviz.contracts.errors import ConfigError
from memviz.contracts.knob import from_dict
from memviz.tasks.copy import TASK
from memviz.tasks.copy.config import CopyConfig

PAPER = from_dict(CopyConfig, TASK.presets["paper"].knobs)


def batch(config, key, C=3):
    X, Y = TASK.widths(config)
    T = TASK.steps(config)
    inputs, targets, mask = (
        np.full((T, C, X), np.nan, "f4"),
        np.full((T, C, Y), np.nan, "f4"),
        np.full((T, C), np.nan, "f4"),
    )
    length = TASK.sample_batch(config, key, inputs, targets, mask)
    return inputs[:length], targets[:length], mask[:length]


def test_the_words_are_asked_for_in_the_order_they_were_shown():
    inputs, targets, mask = batch(PAPER, 7)
    L = (len(inputs) - 1) // 2
    np.testing.assert_array_equal(targets[L + 1 :], inputs[:L, :, :-1])
    np.testing.assert_array_equal(mask[:, 0], [0] * (L + 1) + [1] * L)
    assert not targets[: L + 1].any()
    assert not inputs[L + 1 :].any()


def test_the_delimiter_is_alone_on_its_channel_and_its_step():
    inputs, _, _ = batch(PAPER, 7)
    L = (len(inputs) - 1) // 2
    assert inputs[:, :, -1].sum(axis=0).tolist() == [1, 1, 1]
    assert (inputs[L, :, -1] == 1).all()
    assert not inputs[L, :, :-1].any()


def test_same_key_same_episodes_and_another_key_others():
    for one, same in zip(batch(PAPER, 5), batch(PAPER, 5), strict=True):
        np.testing.assert_array_equal(one, same)
    assert any(not np.array_equal(batch(PAPER, 5)[0], batch(PAPER, key)[0]) for key in (6, 7))


def test_keys_reach_every_length_evenly_and_bits_are_fair():
    lengths, ones, bits = [], 0, 0
    for key in range(4000):
        inputs, targets, mask = batch(PAPER, key, 1)
        lengths.append((len(inputs) - 1) // 2)
        ones += targets.sum()
        bits += mask.sum() * PAPER.width
    counts = np.bincount(lengths, minlength=21)[1:]
    assert counts.min() > 140  # 200 each, standard deviation 14
    assert counts.max() < 260
    assert ones / bits == pytest.approx(0.5, abs=0.005)


def test_a_sampled_episode_comes_from_the_same_kernel_and_may_be_longer_than_trained():
    rng = np.random.default_rng(1)
    drawn = [TASK.sample(PAPER, rng) for _ in range(50)]
    assert {(len(e.inputs) - 1) // 2 for e in drawn} <= set(range(1, 21))
    long = TASK.sample(PAPER, rng, length=100)
    assert long.inputs.shape == (201, 9)
    assert long.phases[99:102] == ("present", "delimiter", "recall")
    np.testing.assert_array_equal(long.inputs[:100, :8], long.targets[101:])
    with pytest.raises(ConfigError, match="length"):
        TASK.sample(PAPER, rng, length=0)


def test_the_exam_is_a_hundred_sequences_spread_evenly_over_the_lengths():
    for config, fewest, most in ((PAPER, 5, 5), (CopyConfig(6, 1, 8), 12, 13), (CopyConfig(4, 3, 3), 100, 100)):
        chunks = TASK.exam(config, np.random.default_rng(0))
        counts = np.zeros(22, int)
        for chunk in chunks:
            counts[(len(chunk.inputs) - 1) // 2] += chunk.inputs.shape[1]
        inside = counts[config.low : config.high + 1]
        assert counts.sum() == inside.sum() == 100
        assert (inside.min(), inside.max()) == (fewest, most)
    fresh = [TASK.exam(PAPER, np.random.default_rng(seed))[-1].inputs for seed in (0, 1)]
    assert not np.array_equal(*fresh)


def test_a_perfect_answer_scores_nothing_and_a_shrug_scores_chance():
    episode = TASK.sample(PAPER, np.random.default_rng(2), length=10)
    assert TASK.score(episode.targets, episode) == {"bits_per_sequence": 0.0, "wrong_bits": 0}
    shrug = TASK.score(np.full_like(episode.targets, 0.5), episode)
    assert shrug["bits_per_sequence"] == pytest.approx(80)
    wrong = TASK.score(1 - episode.targets, episode)
    assert wrong["wrong_bits"] == 80
    assert np.isfinite(wrong["bits_per_sequence"])


def test_chance_is_84_bits_and_42_wrong_on_the_papers_lengths():
    assert TASK.chance(PAPER) == {"bits_per_sequence": 84.0, "wrong_bits": 42.0}


def test_no_length_left_is_refused():
    with pytest.raises(ConfigError, match="low"):
        CopyConfig(low=5, high=4)


def test_the_harder_exam_is_five_times_the_longest_sequence():
    harder = TASK.stretch(PAPER)
    assert (harder.width, harder.low, harder.high) == (8, 100, 100)
    assert {len(chunk.inputs) for chunk in TASK.exam(harder, np.random.default_rng(0))} == {201}
