"""One thread that writes files, so that training does not: per run only the newest save is written."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

log = logging.getLogger(__name__)


class Saver:
    """`put` returns at once. A write that fails is logged; the next save of that run tries again."""

    def __init__(self) -> None:
        self._jobs: dict[str, Callable[[], None]] = {}  # by name, oldest first
        self._busy = self._closing = False
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._serve, name="memviz-saver", daemon=True)
        self._thread.start()

    def put(self, name: str, job: Callable[[], None]) -> None:
        """Run `job` soon, instead of an older one of that name that was not begun."""
        with self._changed:
            self._jobs[name] = job
            self._changed.notify_all()

    def flush(self, timeout: float = 10.0) -> bool:
        """Wait until all is written. False when it took too long."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._jobs and not self._busy, timeout)

    def close(self) -> None:
        """Write what is left, then end the thread."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        self._thread.join(30.0)

    def _serve(self) -> None:
        while True:
            with self._changed:
                self._busy = False
                self._changed.notify_all()
                self._changed.wait_for(lambda: self._jobs or self._closing)
                if not self._jobs:
                    return
                name = next(iter(self._jobs))
                job, self._busy = self._jobs.pop(name), True
            try:
                job()
            except Exception:
                log.exception("saving %s failed", name)
