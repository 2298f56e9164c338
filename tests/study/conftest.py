"""The smallest training that a study can hold."""

from __future__ import annotations

import pytest

from memviz.training.warm import ensure_warm

MODEL, TASK = "ntm", "copy"
SMALL = {
    "model": {"N": 5, "W": 4, "hidden": 8},
    "task": {"width": 3, "low": 1, "high": 3},
    "training": {"batch": 8, "chunk": 2},
}


@pytest.fixture(scope="session", autouse=True)
def warm():
    """Compile in a child, as every command does: a process that compiles rounds otherwise than one that loads."""
    ensure_warm(MODEL, TASK)
