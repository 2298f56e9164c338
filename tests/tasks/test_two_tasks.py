"""Two tasks in turn: every answer follows from what was told, and the measures say what they mean."""

from __future__ import annotations

import numpy as np
import pytest

from memviz.contracts.errors import ConfigError
from memviz.tasks.two_tasks import TASK
from memviz.tasks.two_tasks.config import PRESETS, TwoTasksConfig
from memviz.tasks.two_tasks.episodes import phases, steps

CONFIGS = [TwoTasksConfig(**preset.knobs) for preset in PRESETS.values()]
CONFIGS += [TwoTasksConfig(5, 2, 0.6, 3, 1), TwoTasksConfig(1, 1, 1.0, 1, 2)]


@pytest.mark.parametrize("config", CONFIGS, ids=str)
def test_every_answer_was_told_in_its_own_task(config):
    episode = TASK.sample(config, np.random.default_rng(2))
    assert len(episode.phases) == steps(config) == len(episode.inputs)
    told = {"A": {}, "B": {}}
    for x, y, asked, phase in zip(episode.inputs, episode.targets, episode.mask, episode.phases, strict=True):
        verb, task = phase.split()[:2]
        key = tuple(x[: config.key])
        assert bool(asked) == (verb == "ask")
        assert bool(x[-1]) == (verb != "ask")
        if verb == "tell":
            assert key not in told["A"] | told["B"]
            told[task][key] = tuple(x[config.key : -1])
        elif verb == "replay":
            assert told["A"][key] == tuple(x[config.key : -1])
        else:
            assert told[task][key] == tuple(y)
            assert not x[config.key : -1].any()
    assert (len(told["A"]), len(told["B"])) == (config.first, config.second)
    again = [tuple(x[: config.key]) for x, p in zip(episode.inputs, episode.phases, strict=True) if p == "ask A again"]
    assert set(again) == set(told["A"])


def test_a_memory_that_forgets_a_is_seen_to():
    config = TwoTasksConfig()
    episode = TASK.sample(config, np.random.default_rng(4))
    right = TASK.score(episode.targets, episode)
    assert (right["first"], right["adaptation"], right["retention"], right["forgetting"]) == (1, 1, 1, 0)
    lost = episode.targets.copy()
    lost[np.array(phases(config)) == "ask A again"] = 0.5
    assert TASK.score(1 - lost, episode)["first"] < 0.2
    wrong = episode.targets.copy()
    wrong[np.array(phases(config)) == "ask A again"] = 1 - wrong[np.array(phases(config)) == "ask A again"]
    assert TASK.score(wrong, episode)["forgetting"] == 1


def test_replay_tells_part_of_a_again():
    assert phases(TwoTasksConfig(first=8, replay=0.5)).count("replay A") == 4
    assert phases(TwoTasksConfig(first=8, replay=0.0)).count("replay A") == 0


def test_more_pairs_than_keys_are_refused():
    with pytest.raises(ConfigError, match="widen"):
        TwoTasksConfig(first=5, second=4, key=3)
