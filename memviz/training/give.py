"""The memory that a run has to give: what outlives it in a file of its own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from memviz.contracts.errors import ConfigError
from memviz.contracts.model import has_memory
from memviz.training import memory as files
from memviz.training.setup import Setup
from memviz.training.state import TrainState


def memory_of(setup: Setup, state: TrainState) -> tuple[np.ndarray, dict[str, Any]]:
    """The first carried memory of a state; without one, that which its episodes start from. And where it comes from.

    Raises ConfigError when the model has none.
    """
    if not has_memory(setup.model, setup.model_config):
        raise ConfigError(f"memory: want a model with a memory to save, got {setup.model.name} (choose another model)")
    carried = state.carried
    memory = setup.start_memory(setup.layout.views(state.params)) if carried is None else carried
    return memory, {**setup.describe(), "update": state.update, "carried": bool(state.memory)}


def save_memory(path: Path | str, setup: Setup, state: TrainState) -> None:
    """Save the memory of a state."""
    files.write(path, *memory_of(setup, state))
