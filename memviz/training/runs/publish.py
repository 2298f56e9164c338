"""What a run shows: the newest trace and phase, and who wants to hear of them. Latest wins; nobody is waited for."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

from memviz.contracts.trace import Trace
from memviz.training.runs.mailbox import Clock

GAP = 0.1  # seconds between two traces, at least
SHARE = 20  # a trace that took a second to make is followed by none for twenty

Listener = Callable[[str], None]
log = logging.getLogger(__name__)


class Publisher:
    """Written by the run's thread; `latest`, `phase`, `wanted` and `subscribe` may be used by any."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._listeners: tuple[Listener, ...] = ()  # replaced as a whole
        self._latest: tuple[int, Trace | None] = (0, None)
        self.shown = 0.0  # when the newest trace was there, seconds since 1970; any thread may read it
        self._next = 0.0  # not before then
        self.phase: Mapping[str, Any] | None = None
        self.alone_since: float | None = clock.now()  # since when nobody has been subscribed
        self.wanted = True  # somebody is ready for the next trace; any thread may say so

    @property
    def watched(self) -> bool:
        """Whether anybody is subscribed."""
        return bool(self._listeners)

    @property
    def latest(self) -> tuple[int, Trace | None]:
        """The newest trace and its version; (0, None) before the first."""
        return self._latest

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Call `listener(kind)` at every piece of news, on the run's thread; returns how to stop that."""
        with self._lock:
            self._listeners = (*self._listeners, listener)
            self.alone_since = None

        def leave() -> None:
            with self._lock:
                before = self._listeners
                self._listeners = tuple(other for other in before if other is not listener)
                if before and not self._listeners:
                    self.alone_since = self._clock.now()

        return leave

    def tell(self, kind: str) -> None:
        """Tell all listeners; one that fails is logged and does not stop the training."""
        for listener in self._listeners:
            try:
                listener(kind)
            except Exception:
                log.exception("a listener failed")

    def tell_phase(self, phase: Mapping[str, Any]) -> None:
        """Show where an update in slow motion is."""
        self.phase = phase
        self.tell("phase")

    def due(self) -> bool:
        """Whether somebody watches and is ready for a trace, and the last one is old enough."""
        return self.watched and self.wanted and self._clock.now() >= self._next

    def show(self, make: Callable[[], Trace]) -> None:
        """Make a trace and tell; the next is due when this one has been paid for."""
        begun = self._clock.now()
        trace = make()
        now = self._clock.now()
        self._next = max(begun + GAP, now + SHARE * (now - begun))
        self.shown = time.time()
        self._latest = (self._latest[0] + 1, trace)
        self.tell("trace")
        self.tell("status")
