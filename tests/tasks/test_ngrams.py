"""Dynamic n-grams: the bits follow a table of their own, and the bound is what no predictor beats."""

from __future__ import annotations

from fractions import Fraction
from math import log2

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memviz.contracts.errors import ConfigError
from memviz.contracts.knob import from_dict
from memviz.ops.random import mix
from memviz.tasks.ngrams import TASK
from memviz.tasks.ngrams.bound import optimal
from memviz.tasks.ngrams.config import NGramsConfig
from memviz.tasks.ngrams.episodes import beta_half

PAPER = from_dict(NGramsConfig, TASK.presets["paper"].knobs)


def predictions(bits, n, prior=Fraction(1, 2)):
    """P(1) before every bit but the first, by counting; with the tables' own prior it is Graves 2014, equation 10."""
    followed = {}
    for t in range(1, len(bits)):
        if t < n - 1:
            yield Fraction(1, 2)
            continue
        counts = followed.setdefault(tuple(bits[t - n + 1 : t]), [0, 0])
        yield (counts[1] + prior) / (sum(counts) + 2 * prior)
        counts[bits[t]] += 1


def bits_of(episode):
    return [int(episode.inputs[0, 0]), *map(int, episode.targets[:, 0])]


@given(st.integers(2, 6), st.integers(1, 60), st.integers(0, 2**32))
@settings(max_examples=50, deadline=None)
def test_the_estimator_counts_what_followed_each_context(n, more, seed):
    config = NGramsConfig(n, n + more)
    episode = TASK.sample(config, np.random.default_rng(seed))
    np.testing.assert_array_equal(episode.targets[:-1, 0], episode.inputs[1:, 0])
    assert episode.mask.all()
    wanted = list(predictions(bits_of(episode), n))
    np.testing.assert_allclose(optimal(config, episode.inputs), np.array(wanted, float), rtol=1e-15)


def test_the_estimators_score_is_the_code_length_of_the_sequence():
    episode = TASK.sample(PAPER, np.random.default_rng(4))
    q = optimal(PAPER, episode.inputs)
    cost = -sum(log2(p if bit else 1 - p) for p, bit in zip(q, bits_of(episode)[1:], strict=True))
    assert TASK.score(q[:, None], episode)["bits_per_sequence"] == pytest.approx(cost, rel=1e-12)


def test_the_bound_is_what_the_estimator_scores_on_fresh_sequences():
    rng, bound = np.random.default_rng(5), TASK.bound(PAPER)
    episodes = [TASK.sample(PAPER, rng) for _ in range(2000)]
    scores = [TASK.score(optimal(PAPER, episode.inputs)[:, None], episode) for episode in episodes]
    for metric in bound:
        assert np.mean([score[metric] for score in scores]) == pytest.approx(bound[metric], rel=0.015)
    assert 131 < bound["bits_per_sequence"] < 134  # as drawn in the paper's figure 13


@pytest.mark.parametrize("prior", [0.2, 1.0])
def test_no_other_prior_predicts_better(prior):
    rng, behind = np.random.default_rng(6), []
    for _ in range(400):
        episode = TASK.sample(PAPER, rng)
        own, other = optimal(PAPER, episode.inputs), np.array(list(predictions(bits_of(episode), 6, prior)))
        scores = [TASK.score(q[:, None], episode)["bits_per_sequence"] for q in (other, own)]
        behind.append(scores[0] - scores[1])
    assert np.mean(behind) > 3 * np.std(behind) / np.sqrt(len(behind))


def test_a_table_is_drawn_from_beta_half_half():
    p = np.array([beta_half(np.uint64(mix(np.uint64(9), i))) for i in range(20000)])
    assert (p.mean(), p.var()) == (pytest.approx(0.5, abs=0.01), pytest.approx(1 / 8, abs=0.005))
    for share in (0.1, 0.25, 0.5, 0.75, 0.9):  # the arcsine law's distribution function
        assert np.mean(p < share) == pytest.approx(2 / np.pi * np.arcsin(np.sqrt(share)), abs=0.015)


def test_a_bit_depends_on_exactly_the_bits_before_it_and_every_sequence_has_its_own_table():
    config, tables = NGramsConfig(3, 2000), []
    for seed in range(4):
        bits = bits_of(TASK.sample(config, np.random.default_rng(seed), length=10000))
        halves = [[], []]
        for half, part in zip(halves, (bits[:5000], bits[5000:]), strict=True):
            for context in ((0, 0), (0, 1), (1, 0), (1, 1)):
                after = [c for a, b, c in zip(part, part[1:], part[2:], strict=False) if (a, b) == context]
                half.append(np.mean(after) if len(after) > 200 else np.nan)
        apart = np.abs(np.array(halves[0]) - np.array(halves[1]))
        assert np.nanmax(apart) < 0.15
        tables.append(halves[0])
    assert np.nanmax(np.ptp(np.array(tables), axis=0)) > 0.2


def test_phases_say_from_when_on_the_past_tells_something():
    episode = TASK.sample(PAPER, np.random.default_rng(0))
    assert episode.phases == ("context",) * 4 + ("predict",) * 195  # step 4 has seen bits 0..4


def test_chance_is_a_bit_a_bit():
    assert TASK.chance(PAPER) == {"bits_per_sequence": 199.0, "wrong_bits": 99.5}


def test_a_sequence_shorter_than_an_n_gram_is_refused():
    with pytest.raises(ConfigError, match="length: want at least n"):
        NGramsConfig(n=6, length=5)
    for length in (0, 5):
        with pytest.raises(ConfigError, match=r"ngrams\.sample"):
            TASK.sample(PAPER, np.random.default_rng(0), length=length)
