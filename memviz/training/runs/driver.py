"""The one thread of a run: it carries out what lies in the mailbox, lets the engine take a turn, and waits."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Any

from memviz.contracts.errors import ConfigError
from memviz.training.runs.engine import Engine

log = logging.getLogger(__name__)


class Driver:
    """Its thread begins with the first command. Every method may be called from any thread."""

    def __init__(self, id: str, engine: Engine) -> None:
        self._id, self._engine = id, engine
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def put(self, name: str, command: Callable[[], None]) -> bool:
        """Leave a command; a later one of the same name replaces it. False: it was closed, nobody would obey."""
        with self._lock:
            if not self._engine.mailbox.put(name, command):
                return False
            if self._thread is None:
                self._thread = threading.Thread(target=self._serve, name=f"memviz-run-{self._id}", daemon=True)
                self._thread.start()
            return True

    def close(self, timeout: float) -> None:
        """Stop training, save, and end the thread."""
        with self._lock:
            thread = self._thread
            self._engine.mailbox.close()
        if thread is not None:
            thread.join(timeout)

    def _serve(self) -> None:
        engine = self._engine
        while not engine.mailbox.closed:
            for command in engine.mailbox.take():
                self._guarded(command)  # what one command raises does not cost the next one
            wait = self._guarded(engine.turn)
            if wait != 0.0:
                engine.mailbox.wait(wait)
        engine.close()

    def _guarded(self, work: Callable[[], Any]) -> float | None:
        """Do it, or say on the page why not; returns how long to wait then, None being until the next command."""
        engine = self._engine
        try:
            wait: float | None = work()
            return wait
        except ConfigError as error:
            engine.say(engine.state, str(error))
            return 0.0
        except Exception as error:
            log.exception("run %s failed", self._id)
            engine.fail(f"{type(error).__name__}: {error} (details are in the log)")
            return None
