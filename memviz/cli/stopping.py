"""Ctrl-C: while it trains, between two updates, so that what is saved can be resumed bit for bit; else at once."""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Iterator
from types import FrameType, TracebackType

SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Stopping:
    """While it is entered, both signals raise KeyboardInterrupt; within `gently` the first one only sets `asked`."""

    def __init__(self) -> None:
        self.asked = False
        self._gently = False
        self._before: list[object] = []

    @contextlib.contextmanager
    def gently(self) -> Iterator[None]:
        """Whoever works in here looks at `asked` now and then, and stops by itself."""
        self._gently = True
        try:
            yield
        finally:
            self._gently = False

    def __enter__(self) -> Stopping:
        """Take over the signals."""
        self._before = [signal.signal(number, self._ask) for number in SIGNALS]
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Give the signals back."""
        for number, handler in zip(SIGNALS, self._before, strict=True):
            signal.signal(number, handler)  # type: ignore[arg-type]

    def _ask(self, number: int, frame: FrameType | None) -> None:
        if self.asked or not self._gently:
            raise KeyboardInterrupt
        self.asked = True
