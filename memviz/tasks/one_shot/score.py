"""One-shot classification's published metric, the accuracy at the 1st, 2nd, 5th and 10th drawing of a glyph.

What the best can reach: the first drawing of each of n classes is told from all before, so only the labels not yet
given away are left to guess among: 1/n, 1/(n-1), ... 1 right. Everything later is right and costs nothing:

    wrong = n - (1 + 1/2 + ... + 1/n)        bits = log2(n!)
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from memviz.contracts.task import Episode
from memviz.tasks.one_shot.config import OneShotConfig
from memviz.tasks.one_shot.episodes import count
from memviz.tasks.scores import right_classes, score_classes, unknown_classes

SHOWN = (1, 2, 5, 10)  # drawings at which the accuracy is told


def score(outputs: np.ndarray, episode: Episode) -> Mapping[str, float]:
    """Metrics of distributions (T, classes)."""
    right, seen = right_classes(outputs, episode), count(episode.targets)
    at = {f"accuracy_{n}": float(right[seen == n].mean()) for n in SHOWN if n <= seen.max()}
    return {**score_classes(outputs, episode), **at}


def chance(config: OneShotConfig) -> Mapping[str, float]:
    """The same of a network that knows nothing: every label alike."""
    at = {f"accuracy_{n}": 1 / config.classes for n in SHOWN if n <= config.instances}
    return {**unknown_classes(config.classes * config.instances, config.classes), **at}


def bound(config: OneShotConfig) -> Mapping[str, float]:
    """The same of one that knows every glyph it has seen, and guesses among the labels left."""
    n = config.classes
    guessed = sum(1 / left for left in range(1, n + 1))
    at = {f"accuracy_{shown}": 1.0 if shown > 1 else guessed / n for shown in SHOWN if shown <= config.instances}
    wrong = n - guessed
    metrics = {"bits_per_sequence": math.log2(math.factorial(n)), "wrong_bits": wrong}
    return {**metrics, "accuracy": 1 - wrong / (n * config.instances), **at}
