"""What every test shares: a data folder of the tests' own, which keeps compiled kernels from one run to the next."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import hypothesis

HOME = Path(__file__).resolve().parent.parent / ".memviz" / "tests"

# before anything of ours is imported: the kernel cache lies in this folder
os.environ.setdefault("MEMVIZ_HOME", str(HOME))
shutil.rmtree(HOME / "runs", ignore_errors=True)

# machines are busy (no deadline), and a failure must come back when the test is run again (derandomised)
hypothesis.settings.register_profile("memviz", deadline=None, derandomize=True, print_blob=True)
hypothesis.settings.load_profile("memviz")
