"""One process at a time: a lock that the system lets go when its process ends, however that was."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from memviz.contracts.errors import FileError

PLACE = 1 << 20  # the locked byte, far behind the number that others read


@contextmanager
def held(path: Path) -> Iterator[None]:
    """Hold the lock of a file. Raises FileError that names the process that holds it."""
    with path.open("a+b") as file:
        if not _take(file):
            file.seek(0)
            other = file.read(20).decode(errors="replace").strip() or "unknown"
            raise FileError(
                f"{path.parent}: want one process at work on this study, got process {other} at it already "
                "(wait for it or stop it; the app shows how far it is)"
            )
        file.truncate(0)
        file.write(str(os.getpid()).encode())
        file.flush()
        yield


def _take(file: IO[bytes]) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt

            file.seek(PLACE)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
