"""A progress line on stderr for long work; silent when stderr is not a terminal or the output is for a machine."""

from __future__ import annotations

import shutil
import sys
import time
from types import TracebackType
from typing import TextIO

WIDTH = 24  # cells of the bar itself
EVERY = 0.1  # seconds between two paintings


class Bar:
    """One line that repaints itself in place; use as a context manager so that the line is cleared at the end."""

    def __init__(self, quiet: bool = False, stream: TextIO | None = None) -> None:
        self.stream = stream or sys.stderr
        self.shown = not quiet and self.stream.isatty()
        self.painted = 0.0

    def show(self, part: float | None, text: str) -> None:
        """Paint `text` behind a bar filled to `part` in [0, 1]; None when nobody knows how long it takes."""
        now = time.monotonic()
        if not self.shown or now - self.painted < EVERY:
            return
        self.painted = now
        line = f"{_cells(part, now)} {text}"
        self.stream.write("\r\x1b[2K" + line[: shutil.get_terminal_size().columns - 1])
        self.stream.flush()

    def __enter__(self) -> Bar:
        """Nothing is drawn before the first `show`."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Clear the line, so that the next thing printed starts on an empty one."""
        self.clear()

    def clear(self) -> None:
        """Take the line away; the next `show` paints it again."""
        if self.shown and self.painted:
            self.stream.write("\r\x1b[2K")
            self.stream.flush()
            self.painted = 0.0


def _cells(part: float | None, now: float) -> str:
    if part is None:  # a block that wanders, one round in two seconds
        at = int(now / 2 % 1 * WIDTH)
        return "[" + "".join("=" if (i - at) % WIDTH < 4 else " " for i in range(WIDTH)) + "]"
    full = round(min(max(part, 0.0), 1.0) * WIDTH)
    return "[" + "=" * full + " " * (WIDTH - full) + "]"
