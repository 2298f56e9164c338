"""What every test shares: a data folder of the tests' own, which keeps compiled kernels from one run to the next."""

from __future__ import annotations

import os
import shutil
from collections.abc import Generator
from pathlib import Path
from typing import Any

import hypothesis
import pytest

HOME = Path(__file__).resolve().parent.parent / ".memviz" / "tests"

# before anything of ours is imported: the kernel cache lies in this folder
os.environ.setdefault("MEMVIZ_HOME", str(HOME))
shutil.rmtree(HOME / "runs", ignore_errors=True)

# machines are busy (no deadline), and a failure must come back when the test is run again (derandomised)
hypothesis.settings.register_profile("memviz", deadline=None, derandomize=True, print_blob=True)
hypothesis.settings.load_profile("memviz")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Generator[None, Any, Any]:
    """Where MEMVIZ_REQUIRE_BROWSER is set (in CI), a browser test that would be skipped fails instead."""
    report = yield
    if report.skipped and os.environ.get("MEMVIZ_REQUIRE_BROWSER") and "tests/browser/" in item.nodeid:
        report.outcome, report.longrepr = "failed", f"skipped, where a browser is required: {report.longrepr}"
    return report
