"""The task contract: a seed in, an episode out. Phases label the steps for people and views."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from memviz.contracts.knob import Preset


@dataclass(frozen=True)
class Episode:
    """One sequence: inputs (T, X), targets (T, Y) in [0, 1], mask (T,) 1 where the answer counts, a phase per step."""

    inputs: np.ndarray
    targets: np.ndarray
    mask: np.ndarray
    phases: tuple[str, ...]


@dataclass(frozen=True)
class Chunk:
    """C episodes of one length, time first: inputs (T, C, X), targets (T, C, Y), mask (T, C)."""

    inputs: np.ndarray
    targets: np.ndarray
    mask: np.ndarray


@dataclass(frozen=True)
class Task:
    """What the network must learn. Same key or seed, same episodes, on any number of threads."""

    name: str
    title: str
    doc: str
    config: type[Any]
    presets: Mapping[str, Preset]
    loss: str  # "bits": sigmoid cross-entropy per bit; "classes": softmax cross-entropy over Y
    widths: Callable[[Any], tuple[int, int]]  # config -> X, Y
    steps: Callable[[Any], int]  # config -> T of the longest episode
    # (config, key, inputs (Tmax, C, X), targets (Tmax, C, Y), mask (Tmax, C)) -> T <= Tmax; fills [:T] without the GIL
    sample_batch: Callable[[Any, int, np.ndarray, np.ndarray, np.ndarray], int]
    sample: Callable[..., Episode]  # (config, rng, length=None)
    # (config, rng) -> chunks of at most 100 fresh sequences in all, which decide "solved": all bits right
    exam: Callable[[Any, np.random.Generator], list[Chunk]]
    score: Callable[[np.ndarray, Episode], Mapping[str, float]]  # (outputs, episode) -> the published metrics
    chance: Callable[[Any], Mapping[str, float]]  # config -> the same metrics of a network that knows nothing
    # config -> config of a harder exam that chooses the best state once the task is solved; None: the exam itself does
    stretch: Callable[[Any], Any] | None = None
    # config -> the same metrics of the best possible predictor; None: it makes no error and needs no bits
    bound: Callable[[Any], Mapping[str, float]] | None = None
