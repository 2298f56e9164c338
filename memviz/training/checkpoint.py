"""A training state as one file, memviz-checkpoint/1: whoever loads it trains on bit for bit.

Arrays: params/<block>; <slot>/<block> for every slot of the optimizer; best/<block> while polishing; memory/<i>, the
carried memory of chunk i; start/memory, a saved memory that episodes start from. Header: model, task, config, seed,
training (the settings now), state (all other numbers of TrainState) and changes (what was changed when).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from memviz.contracts import store
from memviz.contracts.errors import ConfigError, FileError
from memviz.contracts.knob import from_dict, to_dict
from memviz.contracts.model import Arrays, Model
from memviz.contracts.task import Task
from memviz.training.config import TrainConfig
from memviz.training.setup import Setup
from memviz.training.state import Exam, Solved, TrainState, Window

FORMAT = "memviz-checkpoint/1"
COUNTS = ("update", "sequences", "seconds", "smooth")
PARTS = {"window": Window, "exam": Exam, "solved": Solved, "best_exam": Exam}
WHOLE = ("update", "sequences", "wrong_bits", "own_wrong")  # of the numbers; the others have a fraction


@dataclass(frozen=True)
class Checkpoint:
    """A file's contents. The header names the model and the task; `setup` and `state` give them life."""

    header: Mapping[str, Any]
    arrays: Arrays

    @property
    def model(self) -> str:
        """The name of the model."""
        return str(self.header["model"])

    @property
    def task(self) -> str:
        """The name of the task."""
        return str(self.header["task"])

    def setup(self, model: Model, task: Task) -> Setup:
        """What was trained on what. Raises FileError when these are not the model and task of the file."""
        return _reading(self._setup, model, task)

    def state(self, setup: Setup) -> TrainState:
        """The training state. Raises FileError when the arrays do not fit the setup."""
        return _reading(self._state, setup)

    def revive(self, models: Mapping[str, Model], tasks: Mapping[str, Task]) -> tuple[Setup, TrainState]:
        """Both, by the names in the header. Raises CatalogError when no such model or task is here, else FileError."""
        setup = self.setup(models[self.model], tasks[self.task])
        return setup, self.state(setup)

    def _setup(self, model: Model, task: Task) -> Setup:
        header, start = self.header, self.arrays.get("start/memory")
        if (model.name, task.name) != (header["model"], header["task"]):
            raise FileError(f"{FORMAT}: want {header['model']} on {header['task']}, got {model.name} on {task.name}")
        model_config = from_dict(model.config, header["config"]["model"])
        return Setup(model, task, model_config, from_dict(task.config, header["config"]["task"]), header["seed"], start)

    def _state(self, setup: Setup) -> TrainState:
        setup.layout.check(self.blocks("params"), FORMAT)  # before anything of the size that the header claims is made
        state = TrainState.first(setup, from_dict(TrainConfig, self.header["training"]))
        numbers = self.header["state"]
        for name, value in _counts(numbers).items():
            setattr(state, name, value)
        for name, kind in PARTS.items():
            setattr(state, name, _part(kind, numbers.get(name)))
        if state.window is None:
            raise ValueError("a window of losses, got none")
        setup.layout.fill(state.params, self.blocks("params"), FORMAT)
        for slot, flat in state.slots.items():
            setup.layout.fill(flat, self.blocks(slot), FORMAT)
        if "own_wrong" not in (numbers.get("best_exam") or ()):
            state.best_exam = None  # of an older build, which added both exams up: no later one compares with it
        if state.best_exam is not None:
            state.best = setup.layout.empty()[0]
            setup.layout.fill(state.best, self.blocks("best"), FORMAT)
        state.memory = self._memories(setup)
        state.changes = [(_number("update", update), dict(values)) for update, values in self.header["changes"]]
        return state

    def _memories(self, setup: Setup) -> list[np.ndarray]:
        found = self.blocks("memory")
        memories = [found[str(i)].astype(np.float32) for i in range(len(found))]
        for memory in memories:
            if memory.ndim != 3 or not len(memory) or memory.shape[1:] != setup.memory_shape:
                raise FileError(f"{FORMAT}: want carried memories (C, slot, word), got {memory.shape} (save it again)")
        return memories

    def blocks(self, part: str) -> Arrays:
        """The arrays "<part>/<name>" by name."""
        prefix = f"{part}/"
        return {name.removeprefix(prefix): a for name, a in self.arrays.items() if name.startswith(prefix)}


def checkpoint(setup: Setup, state: TrainState, about: Mapping[str, Any] | None = None) -> Checkpoint:
    """A checkpoint of a state; it shares the state's arrays. `about`: more JSON values for the header."""
    views, layout = {"params": state.params, **state.slots}, setup.layout
    if state.best is not None:
        views["best"] = state.best
    arrays = {f"{part}/{name}": view for part, flat in views.items() for name, view in layout.views(flat).items()}
    arrays |= {f"memory/{i}": memory for i, memory in enumerate(state.memory)}
    if setup.memory is not None:
        arrays["start/memory"] = setup.memory
    counts = {name: getattr(state, name) for name in COUNTS}
    parts = {name: None if (part := getattr(state, name)) is None else asdict(part) for name in PARTS}
    header = {
        **setup.describe(),
        "training": to_dict(state.config),
        "state": counts | parts,
        "changes": [[update, values] for update, values in state.changes],
        **(about or {}),
    }
    return Checkpoint(header, arrays)


def save(path: Path | str, setup: Setup, state: TrainState, about: Mapping[str, Any] | None = None) -> None:
    """Write a checkpoint file, atomically."""
    made = checkpoint(setup, state, about)
    store.write_file(path, FORMAT, made.header, made.arrays)


def load(path: Path | str, limits: store.Limits = store.LIMITS) -> Checkpoint:
    """Read a checkpoint file. Raises FileError whatever is wrong with it."""
    return from_file(*store.read_file(path, (FORMAT,), limits))


def from_file(header: Mapping[str, Any], arrays: Arrays) -> Checkpoint:
    """A checkpoint from what `store.unpack` gave. Raises FileError when the header lacks something."""
    missing = {"model", "task", "config", "seed", "training", "state", "changes"} - header.keys()
    if missing or not isinstance(header["seed"], int):
        raise FileError(f"{FORMAT}: want {', '.join(sorted(missing)) or 'a whole seed'} in the header (save it again)")
    return Checkpoint(header, arrays)


def _counts(numbers: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _number(name, numbers[name]) for name in COUNTS}


def _part(kind: type, values: Any) -> Any:
    return None if values is None else kind(**{name: _number(name, value) for name, value in values.items()})


def _number(name: str, value: Any) -> Any:
    if name == "smooth" and value is None:  # no loss was seen yet
        return value
    if type(value) not in ((int,) if name in WHOLE else (int, float)) or not value >= 0:  # NaN neither
        raise ValueError(f"{name} a {'whole ' if name in WHOLE else ''}number from 0, got {value!r:.80}")
    return value


def _reading(read: Callable[..., Any], *arguments: Any) -> Any:
    """`read(...)`, where anything odd about the file becomes one FileError."""
    try:
        return read(*arguments)
    except (ConfigError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise FileError(f"{FORMAT}: want a whole checkpoint, got {error!s:.200} (save it again)") from error
