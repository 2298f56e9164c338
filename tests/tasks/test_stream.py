"""The stream: answers follow from what was told, drifts are what they say, and no policy is spared an eviction."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from memviz.contracts.errors import ConfigError
from memviz.ops.policies import RULES
from memviz.ops.policies.simulate import hit_rate, simulate
from memviz.tasks.stream import TASK
from memviz.tasks.stream.config import PRESETS, StreamConfig
from memviz.tasks.stream.drift import DRIFTS
from memviz.tasks.stream.episodes import items_of

CONFIGS = [StreamConfig(**{**preset.knobs, "drift": drift}) for preset in PRESETS.values() for drift in DRIFTS]


@pytest.mark.parametrize("config", CONFIGS, ids=str)
def test_every_answer_is_the_value_last_told(config):
    rng = np.random.default_rng(3)
    for _ in range(5):
        episode = TASK.sample(config, rng)
        told = {}
        for ask in range(0, 2 * config.length, 2):
            key, shown = tuple(episode.inputs[ask, : config.key]), episode.inputs[ask + 1]
            assert bool(episode.mask[ask]) == (key in told)
            assert not episode.inputs[ask, config.key :].any()
            if key in told:
                assert tuple(episode.targets[ask]) == told[key]
            assert tuple(shown[: config.key]) == key
            assert shown[-1] == 1
            told[key] = tuple(shown[config.key : -1])
        assert not episode.mask[1::2].any()
        assert len(told) <= config.items


@pytest.mark.parametrize("config", CONFIGS, ids=str)
def test_a_memory_of_a_third_of_the_items_evicts_at_least_once_in_ten_steps(config):
    rng = np.random.default_rng(5)
    for _ in range(10):
        items = items_of(config, rng, 200)
        for policy in RULES:
            _, evicted, _ = simulate(policy, items, config.items // 3)
            assert np.mean(evicted >= 0) >= 0.1, policy


def test_the_stream_alone_is_the_episode_s():
    config = StreamConfig(drift="recency")
    items, episode = items_of(config, np.random.default_rng(8)), TASK.sample(config, np.random.default_rng(8))
    keys = [tuple(row) for row in episode.inputs[::2, : config.key]]
    assert [keys.index(key) for key in keys] == [items.tolist().index(item) for item in items]


def test_drifts_favour_what_they_say():
    rng = np.random.default_rng(1)
    base = StreamConfig(items=20, key=5)
    counts = np.sort(np.bincount(items_of(base, rng, 5000), minlength=20))[::-1]
    assert counts[0] == pytest.approx(5000 / sum(1 / r for r in range(1, 21)), rel=0.1)  # Zipf's first rank
    periodic = items_of(replace(base, drift="periodic", again=0.95), rng, 4000)
    assert np.mean(periodic[20:] == periodic[:-20]) > 0.85
    recent = items_of(replace(base, drift="recency", again=0.9), rng, 4000)
    whole = sum(1 / d for d in range(1, 21))
    same = [np.mean(part[1:] == part[:-1]) for part in (recent[100:2000], recent[2000:])]
    assert same == pytest.approx([0.9 / whole + 0.1 / 20] * 2, rel=0.2)  # the last one again, early as late
    lru, fifo = (hit_rate(simulate(policy, recent, 4)[1]) for policy in ("lru", "random"))
    assert lru > fifo  # what came lately comes again
    shifting = items_of(replace(base, drift="shifting", skew=3.0, shift_every=50), rng, 200)
    firsts = [int(np.bincount(part).argmax()) for part in shifting.reshape(4, 50)]
    assert len(set(firsts)) == 4


def test_more_items_than_keys_are_refused():
    with pytest.raises(ConfigError, match="widen the key"):
        StreamConfig(items=20, key=4)
    with pytest.raises(ConfigError, match="lengthen"):
        StreamConfig(items=20, length=20)
