"""A memory that outlives its run: memviz-memory/1, one array (slot, word) and where it comes from."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from memviz.contracts import store
from memviz.contracts.errors import FileError
from memviz.training.setup import Setup
from memviz.training.state import TrainState

FORMAT = "memviz-memory/1"


def save(path: Path | str, setup: Setup, state: TrainState) -> None:
    """Save the first carried memory of a state; without one, the memory that its episodes start from."""
    views = setup.layout.views(state.params)
    memory = state.memory[0][0] if state.memory else setup.start_memory(views)
    header = {**setup.describe(), "update": state.update, "carried": bool(state.memory)}
    store.write_file(path, FORMAT, header, {"memory": memory})


def load(path: Path | str, limits: store.Limits = store.LIMITS) -> tuple[np.ndarray, Mapping[str, Any]]:
    """The memory (slot, word) of a file, and its header. Raises FileError when it holds no finite matrix."""
    header, arrays = store.read_file(path, (FORMAT,), limits)
    memory = arrays.get("memory")
    if memory is None or memory.ndim != 2 or memory.dtype.kind != "f" or not np.isfinite(memory).all():
        raise FileError(f"{path}: want finite numbers of shape (slot, word), got something else (save it again)")
    return memory, header
