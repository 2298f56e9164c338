"""Associative recall: the answer is the item after the one asked about; checked by a reader of the format alone."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memviz.contracts.errors import ConfigError
from memviz.contracts.knob import from_dict
from memviz.tasks.associative_recall import TASK
from memviz.tasks.associative_recall.config import AssociativeRecallConfig

PAPER = from_dict(AssociativeRecallConfig, TASK.presets["paper"].knobs)


@st.composite
def configs(draw):
    width, words = draw(st.integers(1, 8)), draw(st.integers(1, 4))
    most = min(12, 2 ** (width * words))
    low = draw(st.integers(2, most))
    return AssociativeRecallConfig(width, words, low, draw(st.integers(low, most)))


def read(config, inputs):
    """The items and the item asked about, each a tuple of its words, read step by step."""
    width, blocks, kinds = config.width, [], []
    for row in inputs:
        if row[width] or row[width + 1]:
            blocks.append([])
            kinds.append("item" if row[width] else "query")
        elif len(blocks[-1]) < config.words:
            blocks[-1].append(tuple(row[:width]))
    items = [tuple(block) for block, kind in zip(blocks, kinds, strict=True) if kind == "item"]
    assert kinds[len(items) :] == ["query", "query"]
    return items, tuple(blocks[len(items)])


def check(config, inputs, targets, mask):
    items, asked = read(config, inputs)
    assert len(set(items)) == len(items)
    answer = items[items.index(asked) + 1]
    assert tuple(map(tuple, targets[mask > 0])) == answer
    np.testing.assert_array_equal(mask, [0] * (len(mask) - config.words) + [1] * config.words)
    assert not targets[mask == 0].any()
    assert not inputs[mask > 0].any()
    return items, asked


@given(configs(), st.integers(0, 2**32))
@settings(max_examples=80, deadline=None)
def test_the_answer_is_the_item_after_the_one_asked_about(config, seed):
    episode = TASK.sample(config, np.random.default_rng(seed))
    items, _ = check(config, episode.inputs, episode.targets, episode.mask)
    assert config.low <= len(items) <= config.high
    assert len(episode.mask) <= TASK.steps(config)


def test_keys_ask_about_every_item_but_the_last_and_reach_every_number():
    (X, Y), T = TASK.widths(PAPER), TASK.steps(PAPER)
    inputs, targets, mask = np.empty((T, 2, X), "f4"), np.empty((T, 2, Y), "f4"), np.empty((T, 2), "f4")
    asked = Counter()
    for key in range(1000):
        steps = TASK.sample_batch(PAPER, key, inputs, targets, mask)
        for c in range(2):
            items, query = check(PAPER, inputs[:steps, c], targets[:steps, c], mask[:steps, c])
            asked[len(items), items.index(query)] += 1
    assert asked.keys() == {(n, i) for n in range(2, 7) for i in range(n - 1)}
    assert 300 < sum(asked[6, i] for i in range(5)) < 500  # 400 of 2,000, each five times in 80
    assert min(asked[6, i] for i in range(5)) > 45


def test_an_episode_has_the_papers_size():
    episode = TASK.sample(PAPER, np.random.default_rng(0), length=6)
    assert episode.inputs.shape == (6 * 4 + 5 + 3, 8)
    assert episode.phases[:5] == ("delimiter", "item", "item", "item", "delimiter")
    assert episode.phases[24:] == ("delimiter", "query", "query", "query", "delimiter", "recall", "recall", "recall")


def test_the_harder_exam_has_twelve_items():
    harder = TASK.stretch(PAPER)
    assert (harder.low, harder.high) == (12, 12)
    for chunk in TASK.exam(harder, np.random.default_rng(0))[:2]:
        check(harder, chunk.inputs[:, 0], chunk.targets[:, 0], chunk.mask[:, 0])


def test_the_exam_is_twenty_of_each_number():
    numbers = Counter()
    for chunk in TASK.exam(PAPER, np.random.default_rng(0)):
        numbers[(len(chunk.mask) - 8) // 4] += chunk.mask.shape[1]
    assert numbers == dict.fromkeys(range(2, 7), 20)


def test_chance_is_18_bits():
    assert TASK.chance(PAPER) == {"bits_per_sequence": 18.0, "wrong_bits": 9.0}


def test_more_items_than_can_differ_are_refused():
    with pytest.raises(ConfigError, match="at most 4 items that differ"):
        AssociativeRecallConfig(width=1, words=2, high=5)
    with pytest.raises(ConfigError, match=r"associative_recall\.sample: want a length of 2\.\.4 items"):
        TASK.sample(AssociativeRecallConfig(1, 2, 2, 4), np.random.default_rng(0), length=5)
