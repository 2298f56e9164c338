"""Words as points: their directions on the two axes along which they differ most; the twin of scope/js/projection.js.

Every word is brought to length 1, so that near means alike by angle, as content addressing sees it; a word of zeros has
no direction and is left out. The axes are the first two eigenvectors of the covariance of the last step's keys and of
all queries, found by repeated multiplication, each with its largest component positive: so the picture holds still
while the step moves, and both renderers find the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from memviz.contracts.panel import Panel

ROUNDS = 100
MARGIN = 1.15  # beyond the furthest point
SHORT = 1e-4  # a word shorter than this, beside the longest, is empty


@dataclass(frozen=True)
class Projection:
    """Where words lie: subtract `middle` (W,), multiply by `axes` (2, W); `share`: of the spread, along each axis."""

    middle: np.ndarray
    axes: np.ndarray
    share: tuple[float, float]
    bound: float  # a little beyond the furthest of the words that the axes were found from

    def points(self, words: np.ndarray, longest: float) -> np.ndarray:
        """(n, 2) of words (n, W); NaN for an empty one."""
        return (directions(words, longest) - self.middle) @ self.axes.T


def directions(words: np.ndarray, longest: float) -> np.ndarray:
    """Words (n, W) at length 1; NaN for an empty one."""
    length = np.sqrt((words**2).sum(-1, keepdims=True))
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(length > SHORT * longest, words / length, np.nan)


def longest(words: np.ndarray) -> float:
    """The length of the longest word."""
    lengths = np.sqrt((words.astype(float) ** 2).sum(-1))
    return float(lengths[np.isfinite(lengths)].max(initial=0.0))


def words(panel: Panel, trace: Any) -> tuple[np.ndarray, np.ndarray]:
    """Keys (T, slot, width) and queries (T, head, width)."""
    keys, queries = (np.asarray(trace.arrays[name], float) for name in (panel.signal, panel.against or ""))
    return keys, queries


def project(panel: Panel, trace: Any) -> Projection:
    """The projection of a scatter panel."""
    keys, queries = words(panel, trace)
    keys, queries = keys[-1], queries.reshape(-1, queries.shape[-1])
    known = np.concatenate([directions(keys, longest(keys)), directions(queries, longest(queries))])
    known = known[np.isfinite(known).all(-1)]
    middle = known.mean(0) if len(known) else np.zeros(keys.shape[-1])
    spread = (known - middle).T @ (known - middle) / max(1, len(known))
    total = max(float(np.trace(spread)), 1e-30)
    axes, share = [], []
    for _ in range(2):
        axis, value = _first(spread)
        spread = spread - value * np.outer(axis, axis)
        axes.append(axis)
        share.append(value / total)
    far = np.abs((known - middle) @ np.array(axes).T).max(initial=1e-9)
    return Projection(middle, np.array(axes), (share[0], share[1]), MARGIN * float(far))


def _first(spread: np.ndarray) -> tuple[np.ndarray, float]:
    """The direction of the largest spread, and the spread along it."""
    axis = spread[int(np.argmax(np.diag(spread)))]
    for _ in range(ROUNDS):
        length = np.sqrt(axis @ axis)
        if length < 1e-15:
            return np.zeros(len(spread)), 0.0
        axis = spread @ (axis / length)
    length = np.sqrt(axis @ axis)
    axis = axis / length if length >= 1e-15 else np.zeros(len(spread))
    return axis * (1 if axis[int(np.argmax(np.abs(axis)))] >= 0 else -1), float(length)
