"""The brake: how many updates a second a run makes at most, and when the next one is due."""

from __future__ import annotations

from memviz.training.runs.mailbox import Clock

SLOW = 2.0  # updates a second up to which each is shown in slow motion


class Brake:
    """Off at first. Used by the run's thread; `per_second` may be read by any."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.per_second: float | None = None  # None: flat out
        self._due = clock.now()

    @property
    def slow(self) -> float | None:
        """Seconds of an update in slow motion; None at a speed that is too fast for that."""
        return 1 / self.per_second if self.per_second is not None and self.per_second <= SLOW else None

    def set(self, per_second: float | None) -> None:
        """Make at most so many updates a second; None: as many as the machine can."""
        self.per_second = per_second
        self.release()

    def release(self) -> None:
        """The next update is due at once."""
        self._due = self._clock.now()

    def wait(self) -> float:
        """Seconds until the next update is due, but at most one, so that a run can look after itself in between."""
        return 0.0 if self.per_second is None else max(0.0, min(self._due - self._clock.now(), 1.0))

    @property
    def due(self) -> bool:
        """Whether it is time for the next update."""
        return self.per_second is None or self._due <= self._clock.now()

    def begin(self) -> None:
        """An update begins: the one after it is due a while later, and lost time is not made up for."""
        if self.per_second is not None:
            self._due = max(self._due + 1 / self.per_second, self._clock.now())
