"""What is remembered of a branch: the curve of its metrics, and log-spaced records to look at and to train on from.

A record is a whole TrainState; its probe trace follows from it and is made when somebody asks. At most 48 records and
128 MiB: beyond that the one goes whose neighbours are closest (on a log scale), never the first or the last, nor the
best state of a polish that is under way.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from memviz.contracts.trace import Trace
from memviz.training.runs.curve import Curve
from memviz.training.state import TrainState

GROWTH = math.sqrt(2)  # between the updates of two records
RECORDS = 48
BYTES = 128 << 20


@dataclass(frozen=True, eq=False)
class Record:
    """One recorded update: its probe trace, and the state to train on from (copy it: it is the history's own)."""

    trace: Trace
    state: TrainState


@dataclass(frozen=True, eq=False)
class Kept:
    """A state that is never changed again, so that branches can share it. Epoch and update name it in a run."""

    epoch: int
    state: TrainState

    @property
    def bytes(self) -> int:
        """What its arrays take."""
        return size_of(self.state)


class History:
    """The curve and the records from update 0 on. One thread writes; `updates` and `state` may be read by any."""

    def __init__(self, records: int = RECORDS, limit: int = BYTES) -> None:
        self.curve = Curve()
        self._records: dict[int, Kept] = {}  # replaced as a whole, never changed
        self._most, self._limit = records, limit

    @property
    def updates(self) -> list[int]:
        """The recorded updates, in order."""
        return list(self._records)

    @property
    def kept(self) -> list[Kept]:
        """The records themselves, in order."""
        return list(self._records.values())

    @property
    def bytes(self) -> int:
        """What the records take."""
        return sum(kept.bytes for kept in self.kept)

    def at(self, update: int) -> Kept | None:
        """The record of an update, or None."""
        return self._records.get(update)

    def state(self, update: int) -> TrainState | None:
        """The recorded state of an update, or None. Copy it before training on from it."""
        kept = self.at(update)
        return None if kept is None else kept.state

    def due(self, update: int) -> bool:
        """Whether this update is one to record."""
        last = next(reversed(self._records), None)
        return last is None or update >= max(last + 1, round(last * GROWTH))

    def keep(self, state: TrainState, epoch: int = 0) -> None:
        """Record a copy of a state."""
        self.share(Kept(epoch, state.copy()))

    def share(self, kept: Kept) -> None:
        """Take a record as it is, and thin the records when they are too many."""
        records = {**self._records, kept.state.update: kept}
        total = sum(one.bytes for one in records.values())
        while (len(records) > self._most or total > self._limit) and (dull := _dullest(records)) is not None:
            total -= records.pop(dull).bytes
        self._records = records

    def cut(self, update: int) -> None:
        """Forget what came after an update."""
        self._records = {u: kept for u, kept in self._records.items() if u <= update}
        self.curve.cut(update)

    def until(self, update: int) -> History:
        """A history of its own that begins with what this one has up to an update; the records are shared."""
        other = History(self._most, self._limit)
        other._records = {u: kept for u, kept in self._records.items() if u <= update}
        other.curve = self.curve.until(update)
        return other


def size_of(state: TrainState) -> int:
    """The bytes of a state's arrays."""
    arrays = [state.params, *state.slots.values(), *state.memory] + ([] if state.best is None else [state.best])
    return sum(array.nbytes for array in arrays)


def _dullest(records: Mapping[int, Kept]) -> int | None:
    """The update in the middle whose neighbours are closest in log(update + 1); None when all there are must stay."""
    updates = list(records)
    best = records[updates[-1]].state.best_exam
    places = [math.log(update + 1) for update in updates]
    middle = [i for i in range(1, len(updates) - 1) if best is None or updates[i] != best.update]
    return updates[min(middle, key=lambda i: places[i + 1] - places[i - 1])] if middle else None
