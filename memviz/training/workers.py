"""A few threads of our own that wait for lanes to work on; numba's parallel loops would abort under two trainers."""

from __future__ import annotations

import threading
from collections.abc import Callable

Job = Callable[[int], None]


class Workers:
    """Threads that share the lanes of every update with their caller. Made on first use, ended by `close`."""

    def __init__(self) -> None:
        self._members: list[_Worker] = []

    def run(self, job: Job, lanes: int, threads: int) -> None:
        """`job(lane)` for every lane, on up to `threads` threads, the caller's included; returns when all are done.

        Raises what a job raised.
        """
        helpers = min(threads, lanes) - 1
        while len(self._members) < helpers:
            self._members.append(_Worker(len(self._members) + 1))
        busy = self._members[:helpers]
        for worker in busy:
            worker.begin(job, lanes, helpers + 1)
        try:
            for lane in range(0, lanes, helpers + 1):
                job(lane)
        finally:
            errors = [worker.end() for worker in busy]
        for error in errors:
            if error is not None:
                raise error

    def close(self) -> None:
        """End the threads. A later `run` makes new ones."""
        for worker in self._members:
            worker.quit()
        self._members = []


class _Worker:
    """One thread and the two locks that pass work to it: cheaper than any queue."""

    def __init__(self, first: int) -> None:
        self._first = first  # its first lane; the others follow at every stride
        self._work: tuple[Job, int, int] | None = None
        self._error: BaseException | None = None
        self._go, self._done = threading.Lock(), threading.Lock()
        self._go.acquire()
        self._done.acquire()
        self._thread = threading.Thread(target=self._serve, name=f"memviz-lane-{first}", daemon=True)
        self._thread.start()

    def begin(self, job: Job, lanes: int, stride: int) -> None:
        self._work = (job, lanes, stride)
        self._go.release()

    def end(self) -> BaseException | None:
        self._done.acquire()
        return self._error

    def quit(self) -> None:
        self._work = None
        self._go.release()
        self._thread.join()

    def _serve(self) -> None:
        while True:
            self._go.acquire()
            if self._work is None:
                return
            job, lanes, stride = self._work
            self._error = None
            try:
                for lane in range(self._first, lanes, stride):
                    job(lane)
            except BaseException as error:  # handed to the caller, which raises it
                self._error = error
            self._done.release()
