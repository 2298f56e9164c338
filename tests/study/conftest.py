"""The smallest training that a study can hold."""

from __future__ import annotations

MODEL, TASK = "ntm", "copy"
SMALL = {
    "model": {"N": 5, "W": 4, "hidden": 8},
    "task": {"width": 3, "low": 1, "high": 3},
    "training": {"batch": 8, "chunk": 2},
}
