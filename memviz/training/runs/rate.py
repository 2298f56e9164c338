"""How fast a run trains, measured over the last second."""

from __future__ import annotations

SPAN = 1.0  # seconds over which the speed is measured


class Rate:
    """Sequences a second over the last second or so."""

    def __init__(self) -> None:
        self._marks: list[tuple[float, int]] = []

    def clear(self) -> None:
        """Forget the past: training starts anew."""
        self._marks = []

    def note(self, now: float, sequences: int) -> None:
        """Tell how many sequences have been seen by now."""
        marks = self._marks
        if not marks or now - marks[-1][0] >= SPAN / 10:
            self._marks = [mark for mark in marks if now - mark[0] <= SPAN] + [(now, sequences)]

    @property
    def per_second(self) -> float:
        """The speed; 0 before anything was measured."""
        marks = self._marks
        if len(marks) < 2:
            return 0.0
        (begun, first), (now, last) = marks[0], marks[-1]
        return (last - first) / (now - begun)
