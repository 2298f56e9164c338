"""May a run train now? Its kernels must be compiled, and it must be its turn among the runs of this machine."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Protocol

from memviz.training.pace import cores

Wake = Callable[[], None]
Tell = Callable[[str], None]


class Line(Protocol):
    """Who may train at once. A run is known by how to wake it, which happens when places change."""

    def enter(self, wake: Wake) -> None:
        """Stand in line, if it does not already."""

    def leave(self, wake: Wake) -> None:
        """Leave the line, or the training."""

    def place(self, wake: Wake) -> int:
        """0: may train; 1: next; 2: the one after; ..."""

    def share(self) -> int:
        """How many threads each of those that train should use at most."""


class Places:
    """A line in which at most `most` train at once, first come, first served."""

    def __init__(self, most: int) -> None:
        self._most = max(1, most)
        self._line: list[Wake] = []
        self._lock = threading.Lock()

    def enter(self, wake: Wake) -> None:
        """Stand in line, if it does not already."""
        with self._lock:
            if wake not in self._line:
                self._line.append(wake)
        self._tell(but=wake)  # it is awake

    def leave(self, wake: Wake) -> None:
        """Leave the line, or the training."""
        with self._lock:
            if wake in self._line:
                self._line.remove(wake)
        self._tell()

    def place(self, wake: Wake) -> int:
        """0: may train; 1: next; 2: the one after; ..."""
        with self._lock:
            return max(0, self._line.index(wake) + 1 - self._most) if wake in self._line else 0

    def share(self) -> int:
        """The cores, shared among those that train."""
        with self._lock:
            return max(1, cores() // max(1, min(self._most, len(self._line))))

    def _tell(self, but: Wake | None = None) -> None:
        with self._lock:
            line = [wake for wake in self._line if wake != but]
        for wake in line:
            wake()


class Admission:
    """One run's way in. Without a line nobody waits; without `compile` nothing needs to be."""

    def __init__(self, wake: Wake, line: Line | None, compile: Callable[[Tell], None] | None) -> None:
        self._wake, self._line, self._compile = wake, line, compile
        self.ready = compile is None
        self.place = 0  # in line

    def prepare(self, tell: Tell) -> None:
        """Compile what is missing, telling how far it is. Raises MemvizError when that fails."""
        if self._compile is not None and not self.ready:
            self._compile(tell)
        self.ready = True

    def enter(self) -> None:
        """Stand in line."""
        if self._line is not None:
            self._line.enter(self._wake)

    def leave(self) -> None:
        """Leave the line, or the training."""
        self.place = 0
        if self._line is not None:
            self._line.leave(self._wake)

    def admitted(self) -> bool:
        """Whether it is this run's turn; `place` says how many are before it."""
        self.place = 0 if self._line is None else self._line.place(self._wake)
        return self.place == 0

    def share(self) -> int:
        """How many threads it should use at most."""
        return cores() if self._line is None else self._line.share()
