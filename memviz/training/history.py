"""What is remembered of a run: the curve of its metrics, and log-spaced records to look at and to train on from.

A record is a whole TrainState; its probe trace follows from it and is made when somebody asks. At most 48 records and
128 MiB: beyond that the one goes whose neighbours are closest (on a log scale), never the first or the last.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from memviz.contracts.trace import Trace
from memviz.training.curve import Curve
from memviz.training.state import TrainState

GROWTH = math.sqrt(2)  # between the updates of two records
RECORDS = 48
BYTES = 128 << 20


@dataclass(frozen=True, eq=False)
class Record:
    """One recorded update: its probe trace, and the state to train on from (copy it: it is the history's own)."""

    trace: Trace
    state: TrainState


class History:
    """The curve and the records of one run. One thread writes; `updates` and `state` may be read by any."""

    def __init__(self, records: int = RECORDS, limit: int = BYTES) -> None:
        self.curve = Curve()
        self._records: dict[int, TrainState] = {}  # replaced as a whole, never changed
        self._most, self._limit = records, limit

    @property
    def updates(self) -> list[int]:
        """The recorded updates, in order."""
        return list(self._records)

    @property
    def bytes(self) -> int:
        """What the records take."""
        return sum(map(size_of, self._records.values()))

    def state(self, update: int) -> TrainState | None:
        """The recorded state of an update, or None. Copy it before training on from it."""
        return self._records.get(update)

    def due(self, update: int) -> bool:
        """Whether this update is one to record."""
        last = next(reversed(self._records), None)
        return last is None or update >= max(last + 1, round(last * GROWTH))

    def keep(self, state: TrainState) -> None:
        """Record a copy of a state, and thin the records when they are too many."""
        records = {**self._records, state.update: state.copy()}
        total = sum(map(size_of, records.values()))
        while len(records) > 2 and (len(records) > self._most or total > self._limit):
            total -= size_of(records.pop(_dullest(list(records))))
        self._records = records

    def cut(self, update: int) -> None:
        """Forget what came after an update."""
        self._records = {u: state for u, state in self._records.items() if u <= update}
        self.curve.cut(update)


def size_of(state: TrainState) -> int:
    """The bytes of a state's arrays."""
    arrays = [state.params, *state.slots.values(), *state.memory] + ([] if state.best is None else [state.best])
    return sum(array.nbytes for array in arrays)


def log_spaced() -> Callable[[int], bool]:
    """A predicate for `train(probe_at=...)`: true at the updates a history would record."""
    last = -1

    def due(update: int) -> bool:
        nonlocal last
        if update < max(last + 1, round(last * GROWTH)):
            return False
        last = update
        return True

    return due


def _dullest(updates: list[int]) -> int:
    """The update in the middle whose neighbours are closest in log(update + 1)."""
    places = [math.log(update + 1) for update in updates]
    middle = range(1, len(updates) - 1)
    return updates[min(middle, key=lambda i: places[i + 1] - places[i - 1])]
