"""What every task of the catalog keeps: keys decide, batches are singles, exams are fresh, scores know their scale."""

from __future__ import annotations

import numpy as np
import pytest

from memviz import catalog
from memviz.contracts.knob import from_dict
from memviz.training.runs.status import levels

TASKS = catalog.tasks()
BOTH = {"bits_per_sequence", "wrong_bits"}
EACH = [(name, preset) for name in TASKS.names for preset in ("lesson", "paper")]


def configured(name, preset="lesson"):
    return TASKS[name], from_dict(TASKS[name].config, TASKS[name].presets[preset].knobs)


def batch(task, config, key, C=3):
    """A chunk from buffers full of NaN, so that whatever is not written shows."""
    (X, Y), T = task.widths(config), task.steps(config)
    inputs, targets, mask = (np.full(shape, np.nan, "f4") for shape in ((T, C, X), (T, C, Y), (T, C)))
    length = task.sample_batch(config, key, inputs, targets, mask)
    assert length <= T
    return inputs[:length], targets[:length], mask[:length]


def shrug(task, targets):
    return np.full_like(targets, 0.5 if task.loss == "bits" else 1 / targets.shape[-1])


@pytest.mark.parametrize(("name", "preset"), EACH)
def test_every_number_is_written_and_in_range(name, preset):
    task, config = configured(name, preset)
    for key in (0, 7, 2**63, 2**64 - 1):
        inputs, targets, mask = batch(task, config, key)
        assert np.isfinite(inputs).all()
        assert targets.min() >= 0
        assert targets.max() <= 1
        assert set(np.unique(mask)) <= {0, 1}
        assert mask.any(axis=0).all()
        if task.loss == "classes":
            np.testing.assert_array_equal(targets[mask > 0].sum(axis=1), 1)


@pytest.mark.parametrize(("name", "preset"), EACH)
def test_the_same_key_gives_the_same_episodes_and_another_others(name, preset):
    task, config = configured(name, preset)
    for one, same in zip(batch(task, config, 5), batch(task, config, 5), strict=True):
        np.testing.assert_array_equal(one, same)
    assert any(not np.array_equal(batch(task, config, 5)[0], batch(task, config, key)[0]) for key in (6, 7, 8))


@pytest.mark.parametrize("name", TASKS.names)
def test_an_episode_is_the_same_however_many_are_drawn_beside_it(name):
    task, config = configured(name)
    many = batch(task, config, 11, 4)
    for C in (1, 2):
        for whole, part in zip(many, batch(task, config, 11, C), strict=True):
            np.testing.assert_array_equal(whole[:, :C], part)


@pytest.mark.parametrize("name", TASKS.names)
def test_the_longest_episode_is_drawn_and_none_is_longer(name):
    task, config = configured(name)
    lengths = {len(batch(task, config, key, 1)[2]) for key in range(300)}
    assert max(lengths) == task.steps(config)


@pytest.mark.parametrize(("name", "preset"), EACH)
def test_a_sampled_episode_has_a_phase_for_every_step_and_follows_its_seed(name, preset):
    task, config = configured(name, preset)
    one, same, other = (task.sample(config, np.random.default_rng(seed)) for seed in (4, 4, 5))
    assert len(one.phases) == len(one.inputs) == len(one.targets) == len(one.mask)
    assert one.inputs.shape[1:] + one.targets.shape[1:] == task.widths(config)
    np.testing.assert_array_equal(one.inputs, same.inputs)
    assert not np.array_equal(one.inputs, other.inputs)


@pytest.mark.parametrize("name", TASKS.names)
def test_an_exam_is_fresh_and_fits_the_network(name):
    task, config = configured(name)
    exams = [task.exam(config, np.random.default_rng(seed)) for seed in (0, 0, 1)]
    total = sum(chunk.mask.shape[1] for chunk in exams[0])
    assert 0 < total <= 100
    for chunk in exams[0]:
        assert (chunk.inputs.shape[2], chunk.targets.shape[2]) == task.widths(config)
        assert chunk.inputs.shape[:2] == chunk.targets.shape[:2] == chunk.mask.shape
    for one, same in zip(exams[0], exams[1], strict=True):
        np.testing.assert_array_equal(one.inputs, same.inputs)
    assert any(not np.array_equal(a.inputs, b.inputs) for a, b in zip(exams[0], exams[2], strict=True))


@pytest.mark.parametrize("name", [name for name in TASKS.names if TASKS[name].stretch])
def test_the_harder_exam_is_longer_and_fits_the_same_network(name):
    task, config = configured(name)
    harder = task.stretch(config)
    assert task.widths(harder) == task.widths(config)
    assert min(len(chunk.mask) for chunk in task.exam(harder, np.random.default_rng(0))) > 0
    assert task.steps(harder) > task.steps(config)


@pytest.mark.parametrize("name", TASKS.names)
def test_a_perfect_answer_has_nothing_wrong_and_costs_nothing(name):
    task, config = configured(name)
    episode = task.sample(config, np.random.default_rng(2))
    score = task.score(episode.targets, episode)
    assert score["wrong_bits"] == score["bits_per_sequence"] == 0
    assert all(value == 1 for metric, value in score.items() if metric.startswith("accuracy"))
    assert np.isfinite(task.score(1 - episode.targets, episode)["bits_per_sequence"])


@pytest.mark.parametrize("name", TASKS.names)
def test_answers_that_know_nothing_score_chance(name):
    task, config = configured(name)
    rng = np.random.default_rng(3)
    episodes = [task.sample(config, rng) for _ in range(400)]
    chance = task.chance(config)
    bits = np.mean([task.score(shrug(task, e.targets), e)["bits_per_sequence"] for e in episodes])
    assert bits == pytest.approx(chance["bits_per_sequence"], rel=0.1)
    guesses = [task.score(rng.random(e.targets.shape), e) for e in episodes]
    for metric in chance.keys() - {"bits_per_sequence"}:
        assert np.mean([guess[metric] for guess in guesses]) == pytest.approx(chance[metric], rel=0.15, abs=0.02)


@pytest.mark.parametrize(("name", "preset"), EACH)
def test_chance_and_bound_are_in_the_metrics_of_the_score(name, preset):
    task, config = configured(name, preset)
    episode = task.sample(config, np.random.default_rng(1))
    metrics = task.score(shrug(task, episode.targets), episode).keys()
    chance = task.chance(config)
    assert metrics == chance.keys() >= BOTH
    if task.bound is not None:
        bound = task.bound(config)
        assert bound.keys() == chance.keys()
        assert all(0 < bound[metric] < chance[metric] for metric in BOTH)
        assert all(bound[metric] > chance[metric] for metric in bound.keys() - BOTH)


class Part:
    def __init__(self, task, task_config):
        self.task, self.task_config = task, task_config


def test_the_curve_is_told_chance_and_where_there_is_one_the_bound():
    assert levels(Part(*configured("copy"))).keys() == {"chance_bits", "chance_wrong"}
    told = levels(Part(*configured("ngrams")))
    assert 0 < told["bound_bits"] < told["chance_bits"]
    assert 0 < told["bound_wrong"] < told["chance_wrong"]
