"""Where a training can run, and why not where it cannot: found out without importing torch."""

from __future__ import annotations

import importlib.util
from ctypes.util import find_library

TITLES = {"core": "CPU core (numba)", "torch": "torch on the CPU", "cuda": "torch on a CUDA card"}


def title(device: str) -> str:
    """A device's name for people."""
    return TITLES.get(device, device)


def reasons() -> dict[str, str]:
    """Device -> why it is not available here; "" when nothing speaks against it."""
    torch = "" if importlib.util.find_spec("torch") else "torch is not installed: pip install 'memviz[torch]'"
    driver = "" if find_library("cuda") or find_library("nvcuda") else "no NVIDIA driver is installed"
    return {"core": "", "torch": torch, "cuda": torch or driver}
