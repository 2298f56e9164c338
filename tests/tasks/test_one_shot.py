"""One-shot: labels are dealt anew and told one step later; glyphs can be told apart but were not seen in training."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from memviz.contracts.errors import ConfigError
from memviz.contracts.knob import from_dict
from memviz.ops.random import mix
from memviz.tasks import drawing
from memviz.tasks.one_shot import TASK, glyphs
from memviz.tasks.one_shot.config import OneShotConfig
from memviz.tasks.one_shot.episodes import TRAINED, UNSEEN, count

PAPER = from_dict(OneShotConfig, TASK.presets["paper"].knobs)
SMALL = OneShotConfig(size=9, glyphs=20, unseen=20)


def draw(glyph, hand, size=12, jitter=0.08, noise=0.05):
    pixels = np.full(size * size, np.nan, np.float32)
    glyphs.draw(np.uint64(glyph), np.uint64(hand), size, jitter, noise, pixels)
    return pixels.reshape(size, size)


def batch(config, key, C=2):
    (X, Y), T = TASK.widths(config), TASK.steps(config)
    inputs, targets, mask = np.empty((T, C, X), "f4"), np.empty((T, C, Y), "f4"), np.empty((T, C), "f4")
    TASK.sample_batch(config, key, inputs, targets, mask)
    return inputs, targets, mask


def alphabet(key, number):
    return [mix(key, i) for i in range(number)]


def slow_draw(glyph, hand, size, jitter):
    """The drawing without noise, by the module's formulas, with arrays instead of loops."""

    def about(key, i, reach):
        return (2 * (mix(np.uint64(key), i) >> 11) / 2**53 - 1) * reach

    angle, scale = about(hand, 0, math.pi / 16), 1 + about(hand, 1, 0.1)
    turn = scale * np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
    shift = np.array([about(hand, 2, 0.1), about(hand, 3, 0.1)])
    centres = (2 * np.arange(size) + 1) / size - 1
    paper = np.stack(np.meshgrid(centres, centres), -1)
    nearest = np.full((size, size), np.inf)
    for stroke in range(2 + mix(np.uint64(glyph), 0) % 3):
        corners = []
        for n in range(3 * stroke, 3 * stroke + 3):
            point = np.array([about(glyph, 2 * n + 1, 0.8), about(glyph, 2 * n + 2, 0.8)])
            shake = np.array([about(hand, 2 * n + 4, jitter), about(hand, 2 * n + 5, jitter)])
            corners.append(turn @ point + shift + shake)
        for a, b in itertools.pairwise(corners):
            along = np.clip(((paper - a) @ (b - a)) / ((b - a) @ (b - a)), 0, 1)[..., None]
            nearest = np.minimum(nearest, np.linalg.norm(paper - a - along * (b - a), axis=-1))
    return np.clip(0.5 + (0.1 - nearest) * size / 2, 0, 1)


@pytest.mark.parametrize("size", [6, 12, 20])
def test_a_drawing_follows_its_formulas(size):
    for glyph, hand in ((3, 4), (2**64 - 1, 2**63), (77, 0)):
        np.testing.assert_allclose(draw(glyph, hand, size, 0.1, 0.0), slow_draw(glyph, hand, size, 0.1), atol=1e-5)


def test_ink_is_between_0_and_1_and_noise_is_small():
    clean, grainy = draw(5, 6, noise=0.0), draw(5, 6, noise=0.05)
    assert 0 <= grainy.min() <= grainy.max() <= 1
    assert 0.01 < np.abs(grainy - clean).max() <= 0.05 + 1e-6


def test_the_same_hand_draws_the_same_and_another_differently():
    np.testing.assert_array_equal(draw(1, 2), draw(1, 2))
    assert np.abs(draw(1, 2) - draw(1, 3)).max() > 0.1
    assert np.abs(draw(1, 2) - draw(2, 2)).max() > 0.1


def test_the_two_alphabets_have_no_glyph_in_common():
    trained, unseen = alphabet(TRAINED, PAPER.glyphs), alphabet(UNSEEN, PAPER.unseen)
    assert len(set(trained) | set(unseen)) == 1200 + 423
    hand = 9
    clean = np.array([draw(glyph, hand, 12, 0, 0).ravel() for glyph in trained + unseen])
    apart = ((clean[:, None, ::3] - clean[None, :200, ::3]) ** 2).sum(-1)
    assert np.sort(apart, axis=0)[1].min() > 0.05  # no two look alike, drawn by one hand


def glyph_of(picture, key, t, letters):
    """Which of `letters` this first episode's drawing at step t shows, drawn by the hand it was drawn by; or None."""
    hand = mix(np.uint64(mix(np.uint64(mix(np.uint64(key), 0)), 2)), t)
    same = [n for n, letter in enumerate(letters) if np.array_equal(draw(letter, hand, 9).ravel(), picture)]
    return same[0] if same else None


def test_training_draws_trained_glyphs_only_and_what_is_watched_unseen_ones_only():
    trained, unseen = alphabet(TRAINED, 20), alphabet(UNSEEN, 20)
    pictures = batch(SMALL, 3)[0][:, 0, :81]
    assert all(glyph_of(pictures[t], 3, t, trained) is not None for t in range(50))
    assert all(glyph_of(pictures[t], 3, t, unseen) is None for t in range(50))
    key, watched = drawing.key_of(np.random.default_rng(0)), TASK.sample(SMALL, np.random.default_rng(0))
    assert all(glyph_of(watched.inputs[t, :81], key, t, unseen) is not None for t in range(50))
    examined = TASK.exam(SMALL, np.random.default_rng(0))[0].inputs[:, 0, :81]
    assert all(glyph_of(examined[t], key, t, unseen) is not None for t in range(50))


def test_one_glyph_has_one_label_in_an_episode_and_another_in_another():
    labels = {}
    for key in range(12):
        inputs, targets, _ = batch(SMALL, key, 1)
        shown = [glyph_of(inputs[t, 0, :81], key, t, alphabet(TRAINED, 20)) for t in range(50)]
        pairs = set(zip(shown, targets[:, 0].argmax(axis=1).tolist(), strict=True))
        assert len(pairs) == len(dict(pairs)) == 5
        for glyph, label in pairs:
            labels.setdefault(glyph, set()).add(label)
    assert len(labels) > 15
    assert max(map(len, labels.values())) > 2


def test_labels_are_told_one_step_later_and_every_class_comes_ten_times():
    inputs, targets, mask = batch(PAPER, 4)
    assert inputs.shape == (50, 2, 405)
    assert mask.all()
    np.testing.assert_array_equal(inputs[1:, :, 400:], targets[:-1])
    assert not inputs[0, :, 400:].any()
    np.testing.assert_array_equal(targets.sum(axis=0), 10)
    np.testing.assert_array_equal(targets.sum(axis=2), 1)


def test_a_drawing_seen_earlier_tells_the_label():
    """The nearest earlier drawing has the same label far more often than chance: the inputs hold the answer."""
    right = asked = 0
    for seed in range(20):
        episode = TASK.sample(OneShotConfig(size=20), np.random.default_rng(seed))
        labels, pixels = episode.targets.argmax(axis=1), episode.inputs[:, :400]
        for t in range(25, 50):
            nearest = ((pixels[:t] - pixels[t]) ** 2).sum(axis=1).argmin()
            right, asked = right + (labels[nearest] == labels[t]), asked + 1
    assert right / asked > 0.9


def test_steps_are_shuffled_evenly():
    firsts = np.zeros(5)
    for key in range(300):
        firsts += batch(OneShotConfig(size=6), key, 2)[1][0].sum(axis=0)
    assert firsts.min() > 85  # 120 each, standard deviation 10
    assert firsts.max() < 155


def test_phases_count_the_drawings_of_a_kind():
    episode = TASK.sample(SMALL, np.random.default_rng(1), length=3)
    labels, seen = [int(row.argmax()) for row in episode.targets], {}
    for phase, label in zip(episode.phases, labels, strict=True):
        seen[label] = seen.get(label, 0) + 1
        assert phase == f"glyph {seen[label]}"
    assert len(labels) == 15
    with pytest.raises(ConfigError, match=r"one_shot\.sample"):
        TASK.sample(SMALL, np.random.default_rng(1), length=0)


def test_accuracy_is_told_for_the_1st_2nd_5th_and_10th():
    episode = TASK.sample(SMALL, np.random.default_rng(2))
    seen = count(episode.targets)
    answers = episode.targets.copy()
    answers[seen == 1] = np.roll(answers[seen == 1], 1, axis=1)
    at = TASK.score(answers, episode)
    assert [at[f"accuracy_{n}"] for n in (1, 2, 5, 10)] == [0, 1, 1, 1]
    assert (at["wrong_bits"], at["accuracy"]) == (5, 0.9)


def test_the_bound_is_what_one_who_knows_each_seen_glyph_reaches_by_guessing_among_the_labels_left():
    rng, scores = np.random.default_rng(3), []
    for _ in range(1500):
        episode = TASK.sample(OneShotConfig(size=6), rng)
        said, told = np.zeros_like(episode.targets), set()
        for t, label in enumerate(episode.targets.argmax(axis=1)):
            left = [n for n in range(5) if n not in told]
            said[t, label if label in told else left] = 1 if label in told else 1 / len(left)
            told.add(label)
        guessed = said + rng.random(said.shape) * 1e-6
        scores.append(TASK.score(said, episode) | {"wrong_bits": TASK.score(guessed, episode)["wrong_bits"]})
    bound = TASK.bound(PAPER)
    assert scores[0]["bits_per_sequence"] == pytest.approx(bound["bits_per_sequence"]) == math.log2(120)
    assert np.mean([s["wrong_bits"] for s in scores]) == pytest.approx(bound["wrong_bits"], abs=0.1)
    assert bound["accuracy_1"] == pytest.approx((1 / 5 + 1 / 4 + 1 / 3 + 1 / 2 + 1) / 5)


def test_more_classes_than_glyphs_cannot_be():
    with pytest.raises(ConfigError, match="OneShotConfig"):
        OneShotConfig(classes=21)
