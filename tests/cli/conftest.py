"""Runs the command line as a person does: in a process of its own."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
Memviz = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="session")
def memviz() -> Memviz:
    """`memviz("list", "--json")` -> the finished process, with stdout and stderr as text."""

    def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-W", "error", "-m", "memviz", *map(str, arguments)]
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)

    return run
