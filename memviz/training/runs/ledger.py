"""How much memory the runs of a server hold together, and the limit on it."""

from __future__ import annotations

import threading

from memviz.contracts.errors import ConfigError
from memviz.training.runs.footprint import told


class Ledger:
    """Bytes by run, at most `limit` in all. May be used by any thread."""

    def __init__(self, limit: float) -> None:
        self._limit = limit
        self._held: dict[str, int] = {}
        self._lock = threading.Lock()

    def lacks(self, id: str, bytes: int) -> bool:
        """Whether others must give something up before a run can hold so much."""
        with self._lock:
            return self._with(id, bytes) > self._limit

    def take(self, id: str, bytes: int) -> None:
        """Count so many for a run, in place of what it had; less is always granted. Raises ConfigError."""
        with self._lock:
            if bytes > self._held.get(id, 0) and (all := self._with(id, bytes)) > self._limit:
                raise ConfigError(
                    f"memory: want at most {told(self._limit)} for all runs together, got about {told(all)} with this "
                    "one (pause another run and leave its page, choose a smaller batch or memory, or set "
                    "MEMVIZ_TOTAL_MEMORY to more GiB)"
                )
            self._held[id] = bytes

    def free(self, id: str) -> None:
        """A run holds nothing any more."""
        with self._lock:
            self._held.pop(id, None)

    def _with(self, id: str, bytes: int) -> int:
        return bytes + sum(held for other, held in self._held.items() if other != id)
