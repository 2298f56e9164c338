"""Who computes the rows: one small interface, and the standard library's process pool behind it.

An executor is `(tasks, workers) -> iterator of (index, result)`, in whatever order they are done; a cluster's engine
needs to offer no more. A task is a function of the module level with strings as arguments, so that any engine can
carry it.
"""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed

Task = tuple[Callable[..., str], tuple[str | None, ...]]
Executor = Callable[[Sequence[Task], int], Iterator[tuple[int, str]]]


def processes(tasks: Sequence[Task], workers: int) -> Iterator[tuple[int, str]]:
    """The tasks on so many processes of this machine. Raises what a task raised; stopping early cancels the rest."""
    pool = ProcessPoolExecutor(max(1, min(workers, len(tasks))), multiprocessing.get_context("spawn"), _follow)
    try:
        places = {pool.submit(function, *arguments): index for index, (function, arguments) in enumerate(tasks)}
        for done in as_completed(places):
            yield places[done], done.result()
    finally:
        for process in list((pool._processes or {}).values()):  # they would finish the row they are at
            process.terminate()
        pool.shutdown(wait=True, cancel_futures=True)


def _follow() -> None:
    """End this worker when the process that made it ends, however that was: nobody waits for its row."""
    boss = multiprocessing.parent_process()
    if boss is not None:
        threading.Thread(target=lambda: (boss.join(), os._exit(1)), daemon=True).start()


def here(tasks: Sequence[Task], workers: int) -> Iterator[tuple[int, str]]:
    """The tasks one after the other in this process: for tests, and for a debugger."""
    for index, (function, arguments) in enumerate(tasks):
        yield index, function(*arguments)
