"""How many threads to train with: measured, and measured again now and then, because a browser may move in next door.

Results do not depend on the answer (lanes are summed in a fixed order), so measuring is free to try both.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from statistics import median
from time import perf_counter

TRIAL = 6  # updates in a row at one count; the median of their times counts
HOLD = 2.0  # seconds a choice is kept before it is measured again


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Pace:
    """Chooses between 1, 2, 4, ... threads, never more than there are lanes to share."""

    def __init__(self, lanes: int, allowed: int | None = None, clock: Callable[[], float] = perf_counter) -> None:
        self._clock = clock
        self.threads = 1  # the present choice
        self.allow(lanes, cores() if allowed is None else allowed)

    def allow(self, lanes: int, allowed: int) -> None:
        """Change what may be chosen; the next updates measure again."""
        most = max(1, min(lanes, allowed))
        self._counts = sorted({min(2**power, most) for power in range(most.bit_length() + 1)})
        self.threads = min(self.threads, most)
        self._trials: list[float] = []  # seconds per unit of work, TRIAL at every count in turn, while measuring
        self._until = self._clock()  # when to measure again

    def choose(self) -> int:
        """The count to use for the next update."""
        if len(self._counts) > 1 and (self._trials or self._clock() >= self._until):
            return self._counts[len(self._trials) // TRIAL]
        return self.threads

    def note(self, seconds: float, work: float) -> None:
        """Tell how long the update took that `choose` was asked for, and how much work it was."""
        if len(self._counts) == 1 or not (self._trials or self._clock() >= self._until):
            return
        self._trials.append(seconds / work)
        if len(self._trials) == TRIAL * len(self._counts):
            times = {n: median(self._trials[i * TRIAL : (i + 1) * TRIAL]) for i, n in enumerate(self._counts)}
            self.threads = min(self._counts, key=times.__getitem__)
            self._trials, self._until = [], self._clock() + HOLD
