"""Compiling before anybody asks: what the first Train will need, while the recorded episode plays."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
from collections.abc import Callable

from memviz.contracts.errors import MemvizError

log = logging.getLogger(__name__)


class Preparation:
    """`message` says how far it is, "" before and after it; `failure` what went wrong, "" when nothing did."""

    def __init__(self) -> None:
        self.message = self.failure = ""
        self._loop: asyncio.AbstractEventLoop | None = None
        self._listeners: set[asyncio.Event] = set()

    def listen(self, wake: asyncio.Event) -> Callable[[], None]:
        """Set `wake` when `message` changes; returns how to stop that."""
        self._listeners.add(wake)
        return lambda: self._listeners.discard(wake)

    def begin(self, pair: Callable[[], tuple[str, str]]) -> None:
        """Ready the kernels of a model and task on a thread. A failure is logged and kept; a start tries again."""
        self._loop = asyncio.get_running_loop()
        threading.Thread(target=self.work, args=(pair,), name="memviz-prepare", daemon=True).start()

    def work(self, pair: Callable[[], tuple[str, str]]) -> None:
        """Ready the kernels here and now; whatever goes wrong, no message stays that they are being prepared."""
        try:
            from memviz.training.warm import ensure_warm

            ensure_warm(*pair(), self._tell)
        except Exception as error:
            log.exception("the kernels could not be prepared")
            self.failure = str(error) if isinstance(error, MemvizError) else f"{type(error).__name__}: {error}"
        self._tell("")

    def _tell(self, message: str) -> None:
        """Called on the compiling thread."""
        self.message = message
        if self._loop is not None:
            with contextlib.suppress(RuntimeError):  # the loop is closed: the server stops
                self._loop.call_soon_threadsafe(self._wake)

    def _wake(self) -> None:
        for wake in self._listeners:
            wake.set()
