"""The metrics of every update in bounded memory: the longer a run, the more updates share a point.

The first 4096 points hold one update each, the next 4096 two, then four, and so on: ten million updates take 46,000
points, 2.2 MB. A point is never changed again, so whoever has seen n points needs only those after. The loss and both
scores of a point are means over its updates; the norms are maxima, because spikes are what one looks for.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

BLOCK = 4096  # points before a point holds twice as many updates
MEANS = ("loss", "bits_per_sequence", "wrong_bits")
MAXIMA = ("norm", "norm_clipped")
COLUMNS = ("update", *MEANS, *MAXIMA)
SHORT = {"bits_per_sequence": "bits", "wrong_bits": "wrong"}  # names on the wire


class Curve:
    """Written by one thread; `columns` may be read by any."""

    def __init__(self) -> None:
        self._rows = np.zeros((BLOCK, len(COLUMNS)))
        self._count = 0
        self._open: list[Mapping[str, float]] = []  # updates of the point that is not full yet

    def __len__(self) -> int:
        return self._count

    @property
    def stride(self) -> int:
        """How many updates the next point holds."""
        return 1 << self._count // BLOCK

    def add(self, update: int, metrics: Mapping[str, float]) -> None:
        """Take the metrics of an update; updates come in order."""
        self._open.append(metrics)
        if len(self._open) == self.stride:
            self._append(update)

    def _append(self, update: int) -> None:
        if self._count == len(self._rows):
            self._rows = np.concatenate([self._rows, np.zeros((BLOCK, len(COLUMNS)))])
        means = [sum(m[name] for m in self._open) / len(self._open) for name in MEANS]
        self._rows[self._count] = [update, *means, *(max(m[name] for m in self._open) for name in MAXIMA)]
        self._count += 1
        self._open = []

    def columns(self, start: int = 0) -> dict[str, np.ndarray]:
        """The points from the start-th on: update (int32), loss, bits, wrong, norm, norm_clipped (float32)."""
        count = self._count  # before the rows: they are never older than it
        rows = self._rows[start:count]
        found = {SHORT.get(name, name): rows[:, i].astype(np.float32) for i, name in enumerate(COLUMNS)}
        return found | {"update": rows[:, 0].astype(np.int32)}

    def recent(self, updates: int) -> dict[str, float]:
        """The metrics of about the last so many updates, summed up as in a point; empty before the first."""
        points = max(1, updates // self.stride)
        rows = self._rows[max(0, self._count - points) : self._count]
        if not len(rows):
            return {}
        values = [*rows[:, 1 : 1 + len(MEANS)].mean(axis=0), *rows[:, 1 + len(MEANS) :].max(axis=0)]
        return dict(zip(COLUMNS[1:], map(float, values), strict=True))

    def cut(self, update: int) -> None:
        """Forget the updates after this one."""
        self._count = int(np.searchsorted(self._rows[: self._count, 0], update, side="right"))
        self._open = []

    def until(self, update: int) -> Curve:
        """A curve of its own that holds the points up to this update."""
        other = Curve()
        other._rows, other._count = self._rows.copy(), self._count
        other.cut(update)
        return other

    def fill(self, columns: Mapping[str, np.ndarray]) -> None:
        """Take the points that `columns` gave, from a file."""
        names = [SHORT.get(name, name) for name in COLUMNS]
        rows = np.stack([columns[name].astype(np.float64) for name in names], axis=1)
        whole = -(-max(1, len(rows)) // BLOCK) * BLOCK
        self._rows = np.concatenate([rows, np.zeros((whole - len(rows), len(COLUMNS)))])
        self._count, self._open = len(rows), []
