"""Stability and plasticity in numbers: accuracies of whole values on A, on B, on A again, and what of A was lost."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from memviz.contracts.task import Episode
from memviz.tasks.scores import score_bits, unknown_bits
from memviz.tasks.two_tasks.config import TwoTasksConfig

ASKED = {"first": "ask A", "adaptation": "ask B", "retention": "ask A again"}  # metric -> phase


def score(outputs: np.ndarray, episode: Episode) -> Mapping[str, float]:
    """Metrics of probabilities (T, value). forgetting = first - retention: below 0 where B helped A."""
    right = ((outputs > 0.5) == (episode.targets > 0.5)).all(axis=1)
    phases = np.array(episode.phases)
    parts = {name: float(right[phases == phase].mean()) for name, phase in ASKED.items()}
    return {**score_bits(outputs, episode), **parts, "forgetting": parts["first"] - parts["retention"]}


def chance(config: TwoTasksConfig) -> Mapping[str, float]:
    """The same of a network that knows nothing."""
    lucky = 0.5**config.value
    answers = (2 * config.first + config.second) * config.value
    return {**unknown_bits(answers), **dict.fromkeys(ASKED, lucky), "forgetting": 0.0}
