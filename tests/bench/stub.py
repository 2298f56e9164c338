"""A contender that measures nothing: it answers what its settings say, or misbehaves on request."""

from __future__ import annotations

import os
import sys
from typing import Any

from memviz.bench.rounds import Answer, serve


def prepare(settings: dict[str, Any]) -> Any:
    """Answer with the settings, the seconds asked for and one environment variable."""
    if settings.get("die"):
        sys.exit(settings["die"])

    def measure(seconds: float) -> Answer:
        return {"per_s": settings.get("per_s", 1.0), "seconds": seconds, "seen": os.environ.get("MEMVIZ_STUB")}

    return measure


if __name__ == "__main__":
    serve(prepare)
