"""A memory that outlives its run: memviz-memory/1, one array (slot, word) and where it comes from."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from memviz.contracts import store
from memviz.contracts.errors import FileError

FORMAT = "memviz-memory/1"


def id_of(memory: np.ndarray) -> str:
    """The SHA-256 (hex) of a memory's shape and float32 numbers: the same on every machine."""
    plain = np.ascontiguousarray(memory, "<f4")
    return hashlib.sha256(f"{plain.shape}".encode() + plain.tobytes()).hexdigest()


def write(path: Path | str, memory: np.ndarray, about: Mapping[str, Any]) -> None:
    """Write a memory (slot, word) and where it comes from, atomically."""
    store.write_file(path, FORMAT, about, {"memory": memory.astype(np.float32)})


def load(path: Path | str, limits: store.Limits = store.LIMITS) -> tuple[np.ndarray, Mapping[str, Any]]:
    """The memory (slot, word) of a file, and its header. Raises FileError when it holds no finite matrix."""
    header, arrays = store.read_file(path, (FORMAT,), limits)
    memory = arrays.get("memory")
    if memory is None or memory.ndim != 2 or memory.dtype.kind != "f" or not np.isfinite(memory).all():
        raise FileError(f"{path}: want finite numbers of shape (slot, word), got something else (save it again)")
    return memory, header
