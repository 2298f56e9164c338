"""How long a run goes on, or stands in line, while nobody watches."""

from __future__ import annotations

from memviz.training.runs.mailbox import Clock
from memviz.training.runs.publish import Publisher


class Patience:
    """Counts from when the last viewer left, and anew from every start."""

    def __init__(self, seconds: float, publisher: Publisher, clock: Clock) -> None:
        self._seconds, self._publisher, self._clock = seconds, publisher, clock
        self._begun = clock.now()

    def begin(self) -> None:
        """Training was asked for just now."""
        self._begun = self._clock.now()

    def left(self) -> float:
        """Seconds until it is over; while somebody watches, until it is time to look again."""
        alone = self._publisher.alone_since
        return self._seconds if alone is None else max(alone, self._begun) + self._seconds - self._clock.now()
