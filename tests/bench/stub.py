"""A contender that measures nothing: it answers what its settings say, or misbehaves on request."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

from memviz.bench.rounds import Answer, serve


def prepare(settings: dict[str, Any]) -> Any:
    """Answer with the settings, the seconds asked for, its process and one environment variable."""
    if settings.get("die"):
        sys.exit(settings["die"])
    if file := settings.get("pid_file"):
        Path(file).write_text(str(os.getpid()), encoding="utf-8")
    told = {"per_s": settings.get("per_s", 1.0), "pid": os.getpid(), "seen": os.environ.get("MEMVIZ_STUB")}

    left = iter(range(settings.get("rounds", 1000)))

    def measure(seconds: float) -> Answer:
        if next(left, None) is None:
            os._exit(4)
        return {**told, "seconds": seconds}

    return measure


if __name__ == "__main__":
    serve(prepare)
