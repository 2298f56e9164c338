"""What the commands read: a trace, a checkpoint, or an npz of arrays that somebody already has."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from memviz.cli.progress import Bar
from memviz.contracts.errors import ConfigError, FileError, MemvizError

if TYPE_CHECKING:
    from memviz.contracts.trace import Trace
    from memviz.training.checkpoint import Checkpoint
    from memviz.training.setup import Setup
    from memviz.training.state import TrainState


def read(path: Path) -> Trace | Checkpoint:
    """The contents of a file. Raises FileError whatever is wrong with it."""
    from memviz.contracts import store
    from memviz.training.opened import contents

    return contents(store.read_bytes(path), str(path))


def read_checkpoint(path: Path) -> tuple[Setup, TrainState]:
    """What was trained, and its state. Raises FileError for anything but a checkpoint of a model and task we have."""
    from memviz.training import checkpoint

    return _alive(checkpoint.load(path), path)


def read_trace(path: Path) -> Trace:
    """The trace of a file; of a checkpoint, its probe episode, which may need its kernels compiled first."""
    from memviz.contracts.trace import Trace

    found = read(path)
    return found if isinstance(found, Trace) else record(*_alive(found, path))


def record(
    setup: Setup,
    state: TrainState,
    seed: int | None = None,
    length: int | None = None,
    gradients: bool = False,
    bar: Bar | None = None,
) -> Trace:
    """The probe episode of a state; `seed` and `length` choose another one. `bar` shows how far compiling is."""
    from memviz.training.probe import probed
    from memviz.training.warm import ensure_warm

    with bar or Bar() as shown:  # kernels that were loaded, not compiled here, round as the app's do
        ensure_warm(setup.model.name, setup.task.name, lambda message: shown.show(None, message))
    return probed(setup, state, seed, length, gradients)


def writable(path: Path, flag: str) -> Path:
    """The absolute path of a file to come, its folder made. Raises ConfigError before work is wasted on it."""
    path = path.expanduser().absolute()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError(f"{flag}: want a place for a file, got {path} ({error.strerror}; choose another)") from error
    if path.is_dir() or not os.access(path.parent, os.W_OK):
        raise ConfigError(f"{flag}: want a place for a file, got {path}, which cannot be written (choose another)")
    return path


def _alive(file: Checkpoint, path: Path) -> tuple[Setup, TrainState]:
    from memviz import catalog

    try:
        return file.revive(catalog.models(), catalog.tasks())
    except MemvizError as error:
        raise FileError(f"{path}: {error}") from error
