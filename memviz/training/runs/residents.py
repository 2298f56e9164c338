"""The runs in memory, the one used last at the end; of those at rest that nobody watches, the oldest make room."""

from __future__ import annotations

import threading

from memviz.training.runs.run import Run


class Residents:
    """At most `most` runs, and those that are busy or watched. May be used by any thread."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._runs: dict[str, Run] = {}

    def get(self, id: str) -> Run | None:
        """The run of an id, which is now the one used last; None: it is not in memory."""
        with self._lock:
            run = self._runs.pop(id, None)
            if run is not None:
                self._runs[id] = run
            return run

    def put(self, run: Run) -> Run:
        """Take a run, unless another of its id was quicker. Returns the one that stays."""
        with self._lock:
            stays = self._runs.pop(run.id, run)
            self._runs[run.id] = stays
            return stays

    def surplus(self, but: Run) -> list[Run]:
        """Take out the runs beyond `most` that rest unwatched and are not `but`, those used longest ago first."""
        with self._lock:
            idle = [old for old in self._runs.values() if old is not but and not (old.busy or old.watched)]
            gone = idle[: max(0, len(self._runs) - self._most)]
            for old in gone:
                del self._runs[old.id]
            return gone

    def give_up(self, but: str) -> Run | None:
        """Take out the run used longest ago that rests unwatched and is not `but`; None when there is no such run."""
        with self._lock:
            for old in self._runs.values():
                if old.id != but and not (old.busy or old.watched):
                    return self._runs.pop(old.id)
            return None

    def all(self) -> list[Run]:
        """The runs in memory, the one used last at the end."""
        with self._lock:
            return list(self._runs.values())
