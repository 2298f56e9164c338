"""One slot in which any thread leaves commands for a run, and the clock by which the run waits for them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from time import monotonic


class Clock:
    """Seconds, and waiting for them; tests pass one that never sleeps."""

    def now(self) -> float:
        """Seconds that only go forward."""
        return monotonic()

    def wait(self, condition: threading.Condition, seconds: float | None) -> None:
        """Wait, holding the condition, until it is notified or the time is over; None waits for ever."""
        condition.wait(seconds)


Command = Callable[[], None]


class Mailbox:
    """The slot holds at most one command of a name: a newer one replaces it, and is carried out last."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._condition = threading.Condition()
        self._slot: dict[str, Command] = {}
        self._taken: list[tuple[str, Command]] = []  # and not carried out yet
        self._woken = False
        self.closed = False

    def put(self, name: str, command: Command) -> bool:
        """Leave a command; whoever waits wakes up. False: it is closed, nobody would carry it out."""
        with self._condition:
            if self.closed:
                return False
            self._slot.pop(name, None)
            self._slot[name] = command
            self._condition.notify_all()
            return True

    def wake(self) -> None:
        """Wake whoever waits, without a command."""
        with self._condition:
            self._woken = True
            self._condition.notify_all()

    def close(self) -> None:
        """Take no more commands; nobody waits any longer."""
        with self._condition:
            self.closed = True
            self._condition.notify_all()

    @property
    def held(self) -> list[tuple[str, Command]]:
        """The commands that are not carried out yet, in order: those that were taken, then those in the slot."""
        with self._condition:
            return [*self._taken, *self._slot.items()]

    def take(self) -> Iterator[Command]:
        """Empty the slot: its commands in order. Asking for the next one says that one is carried out. Never waits."""
        with self._condition:
            self._taken, self._slot = list(self._slot.items()), {}
        while self._taken:
            yield self._taken[0][1]
            del self._taken[0]

    def wait(self, seconds: float | None = None, wakes: bool = True) -> bool:
        """Wait until there is a command or a wake-up, or until the time is over. True when there is one.

        Without `wakes` only a command counts; a wake-up is left for the next wait.
        """
        deadline = None if seconds is None else self._clock.now() + seconds
        with self._condition:
            while not (self._slot or self.closed or (wakes and self._woken)):
                left = None if deadline is None else deadline - self._clock.now()
                if left is not None and left <= 0:
                    return False
                self._clock.wait(self._condition, left)
            self._woken = self._woken and not wakes
            return True
