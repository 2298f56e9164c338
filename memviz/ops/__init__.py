"""Memory operations: one file each, with its formula, its forward, its backward and its torch twin.

Importing this package settles where compiled kernels are kept, before any kernel is defined. Numba notices an edit
in a kernel's own file but not in the files it calls, and would answer with the old code: so the folder's name is a
hash of every kernel source, of the compilers' versions and of the host's processor.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import platform
import shutil
import time
from pathlib import Path

import llvmlite
import llvmlite.binding
import numba
import numpy

import memviz
from memviz.contracts.places import kernels

KEPT_DAYS = 30  # a build of the kernels (some megabytes) that was not used for so long is deleted


def sources() -> list[Path]:
    """Every file that holds kernels (it lies here, or uses what lies here), in a fixed order."""
    folders = [Path(root, name) for root in memviz.__path__ for name in ("ops", "tasks", "training", "models")]
    files = {file.resolve() for folder in folders for file in folder.rglob("*.py") if file.name != "twin.py"}
    here = Path(__file__).resolve().parent
    return sorted(file for file in files if file.parent == here or b"memviz.ops" in file.read_bytes())


def host() -> list[str]:
    """What decides the machine code besides the sources: versions, processor, what overrides it."""
    features = llvmlite.binding.get_host_cpu_features().flatten()
    names = sorted(name for name in os.environ if name.startswith("NUMBA_CPU") or name == "MEMVIZ_VECTOR_BITS")
    overrides = [f"{name}={os.environ[name]}" for name in names]
    versions = [numba.__version__, llvmlite.__version__, numpy.__version__]
    return [*versions, llvmlite.binding.get_host_cpu_name(), features, *overrides]


def versions() -> dict[str, str]:
    """What a result's last bits depend on, for people to read."""
    processor = llvmlite.binding.get_host_cpu_name()
    return {
        "python": platform.python_version(),
        "numpy": numpy.__version__,
        "numba": numba.__version__,
        "cpu": processor,
    }


def cache_folder() -> Path:
    """`<home>/kernels/<hash>`, where this build of the kernels is kept."""
    digest = hashlib.sha256("\n".join(host()).encode())
    for file in sources():
        digest.update(file.name.encode() + b"\0" + file.read_bytes())
    return kernels() / digest.hexdigest()[:16]


def forget_old_builds(current: Path) -> None:
    """Mark the current build as used now and delete those that nobody used for KEPT_DAYS."""
    current.mkdir(exist_ok=True)
    os.utime(current)
    for folder in current.parent.iterdir():
        with contextlib.suppress(FileNotFoundError):  # another process was quicker
            if time.time() - folder.stat().st_mtime > KEPT_DAYS * 86_400:
                shutil.rmtree(folder, ignore_errors=True)  # what is in use stays, and goes another day


_current = cache_folder()
forget_old_builds(_current)
# Both: numba reads its environment again whenever a NUMBA_ variable changes.
numba.config.CACHE_DIR = os.environ["NUMBA_CACHE_DIR"] = str(_current)
