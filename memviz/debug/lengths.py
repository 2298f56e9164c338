"""How a network fares on lengths it was not trained on: the share of wrong answers at every step, length by length."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from memviz.contracts.errors import ConfigError
from memviz.contracts.model import Arrays
from memviz.contracts.signal import Signal
from memviz.contracts.trace import Trace
from memviz.training.setup import Setup


def length_errors(setup: Setup, params: Arrays, lengths: Sequence[int], episodes: int = 10, seed: int = 0) -> Trace:
    """A trace with the one signal `error` (t, length): the share of wrong answers, over `episodes` of each length.

    Of bits the wrong ones of all are counted, of classes the answers with another likeliest class. Steps at which no
    episode of a length is asked hold 0. `lengths` are what the task calls so (see Task.sample) and stand in meta.
    """
    if not lengths or episodes < 1:
        raise ConfigError(f"length_errors: want lengths and episodes >= 1, got {list(lengths)} and {episodes}")
    columns = [_errors(setup, params, length, episodes, seed) for length in lengths]
    error = np.zeros((max(map(len, columns)), len(columns)), np.float32)
    for at, column in enumerate(columns):
        error[: len(column), at] = column
    said = ", ".join(map(str, lengths))
    signals = {"error": Signal("score", ("t", "length"), f"share of the answers that is wrong; lengths {said}")}
    meta = {"model": setup.model.name, "task": setup.task.name, "lengths": list(lengths), "episodes": episodes}
    return Trace(signals, {"error": error}, meta=meta)


def _errors(setup: Setup, params: Arrays, length: int, episodes: int, seed: int) -> np.ndarray:
    """The share of wrong answers at every step (T,) of episodes of one length."""
    rng = np.random.default_rng([seed, length])
    wrong, asked = np.zeros(0), np.zeros(0)
    for _ in range(episodes):
        episode = setup.task.sample(setup.task_config, rng, length)
        start = setup.model.start(setup.model_config, params)
        outputs, *_ = setup.model.forward(setup.model_config, params, start, episode.inputs, None)
        counts = episode.mask > 0
        room = max(len(wrong), len(counts))
        wrong, asked = (np.pad(sums, (0, room - len(sums))) for sums in (wrong, asked))
        wrong[: len(counts)] += counts * _wrong(outputs, episode.targets, setup.task.loss == "classes")
        asked[: len(counts)] += counts
    return wrong / np.maximum(asked, 1)


def _wrong(outputs: np.ndarray, targets: np.ndarray, classes: bool) -> np.ndarray:
    if classes:
        return (outputs.argmax(-1) != targets.argmax(-1)).astype(float)
    return ((outputs >= 0.5) != (targets >= 0.5)).mean(-1)
