"""How a network fares on lengths it was not trained on: the share of wrong answers at every step, length by length.

A length is in the task's own unit (words, pairs, items; see Task.sample).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from memviz.contracts.errors import ConfigError
from memviz.contracts.model import Arrays
from memviz.contracts.signal import Signal
from memviz.contracts.trace import Trace
from memviz.training.setup import Setup

DRAWN = 16  # episodes of a length that tell how long it is
ROWS = 12  # lengths that are tried unless others are asked for
FURTHER = 3  # times as long as any that was trained on


def length_errors(
    setup: Setup,
    params: Arrays,
    lengths: Sequence[int] = (),
    episodes: int = 10,
    seed: int = 0,
    memory: np.ndarray | None = None,
) -> Trace:
    """A trace with the one signal `error` (t, length): the share of wrong answers, over `episodes` of each length.

    Of bits the wrong ones of all are counted, of classes the answers with another likeliest class. Steps at which no
    episode of a length is asked hold 0. Meta has `lengths` (by default those of `usual`), `wrong`, the share of all
    answers of each, and `trained`, the longest trained on. `memory`: where episodes start, instead of the setup's.
    """
    if episodes < 1 or min(lengths, default=1) < 1:
        raise ConfigError(f"length_errors: want lengths and episodes >= 1, got {list(lengths)} and {episodes}")
    lengths = lengths or usual(setup)
    counted = [_counted(setup, params, length, episodes, seed, memory) for length in lengths]
    error = np.zeros((max(len(asked) for _, asked in counted), len(counted)), np.float32)
    for at, (wrong, asked) in enumerate(counted):
        error[: len(asked), at] = wrong / np.maximum(asked, 1)
    said, trained = ", ".join(map(str, lengths)), trained_to(setup)
    doc = f"share of the answers that is wrong; lengths {said}; trained on up to {trained}"
    meta = {
        "title": f"{setup.model.title}: {setup.task.title}, length by length",
        "model": setup.model.name,
        "task": setup.task.name,
        "lengths": list(lengths),
        "wrong": [float(wrong.sum() / max(asked.sum(), 1)) for wrong, asked in counted],
        "trained": trained,
        "episodes": episodes,
    }
    return Trace({"error": Signal("score", ("t", "length"), doc)}, {"error": error}, meta=meta)


def usual(setup: Setup) -> list[int]:
    """Up to ROWS lengths, from the shortest that the task has to three times the longest trained on.

    Raises ConfigError where the task has no length.
    """
    lengths = [length for length in range(1, FURTHER * trained_to(setup) + 1) if steps(setup, length)]
    chosen = np.linspace(0, len(lengths) - 1, min(ROWS, len(lengths))).round().astype(int)
    return [lengths[i] for i in chosen]


def trained_to(setup: Setup) -> int:
    """The longest length whose episodes are no longer than the longest trained on."""
    most = setup.task.steps(setup.task_config)
    longest = 0
    for length in range(1, most + 2):
        needed = steps(setup, length)
        if needed > most:
            break
        longest = length if needed else longest
    if not longest:
        name = setup.task.name
        raise ConfigError(f"lengths: want a task whose episodes come in lengths, got {name} (choose another)")
    return longest


def steps(setup: Setup, length: int) -> int:
    """Steps of an episode of a length, the most of some drawn; 0 where the task has no such length."""
    rng = np.random.default_rng(length)
    try:
        return max(len(setup.task.sample(setup.task_config, rng, length).mask) for _ in range(DRAWN))
    except ConfigError:
        return 0


def _counted(
    setup: Setup, params: Arrays, length: int, episodes: int, seed: int, memory: np.ndarray | None
) -> tuple[np.ndarray, np.ndarray]:
    """Wrong and asked answers at every step, two arrays (T,), over episodes of one length."""
    found = list(_answers(setup, params, length, episodes, seed, memory))
    room = max(len(asked) for _, asked in found)
    wrong, asked = (sum(np.pad(each[i], (0, room - len(each[i]))) for each in found) for i in range(2))
    return np.asarray(wrong), np.asarray(asked)


def _answers(
    setup: Setup, params: Arrays, length: int, episodes: int, seed: int, memory: np.ndarray | None
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    rng = np.random.default_rng([seed, length])
    for _ in range(episodes):
        episode = setup.task.sample(setup.task_config, rng, length)
        start = setup.start(params, memory)
        outputs, *_ = setup.model.forward(setup.model_config, params, start, episode.inputs, None)
        asked = (episode.mask > 0).astype(float)
        yield asked * _wrong(outputs, episode.targets, setup.task.loss == "classes"), asked


def _wrong(outputs: np.ndarray, targets: np.ndarray, classes: bool) -> np.ndarray:
    if classes:
        return (outputs.argmax(-1) != targets.argmax(-1)).astype(float)
    return ((outputs >= 0.5) != (targets >= 0.5)).mean(-1)
