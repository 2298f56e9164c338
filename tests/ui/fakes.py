"""A run and a registry in memory, with the interface of memviz.training and no training."""

from __future__ import annotations

import inspect
import threading
from collections.abc import Callable, Mapping
from types import SimpleNamespace
from typing import Any

import numpy as np

from memviz.contracts.errors import ConfigError
from memviz.training.runs.run import Run
from memviz.ui.desk import Desk
from memviz.ui.live.commands import COMMANDS
from tests.render import synthetic

NEWS = threading.Condition()  # told of calls, viewers, runs, readiness and open sockets


def told() -> None:
    """Wake whoever waits for something to happen."""
    with NEWS:
        NEWS.notify_all()


class Log(list[Any]):
    """A list that tells when something is appended."""

    def append(self, item: Any) -> None:
        super().append(item)
        told()


class FakeDesk(Desk):
    """A desk that tells when something of it changes, such as the number of open sockets."""

    def __setattr__(self, name: str, value: Any) -> None:
        super().__setattr__(name, value)
        told()


class FakeRun:
    """Publishes made-up traces when told to; `calls` keeps what it was asked."""

    def __init__(self, run_id: str, recipe: Mapping[str, Any], owner: str) -> None:
        self.id, self.recipe, self.owner = run_id, dict(recipe), owner
        self.update, self.state = 0, "training"
        self.newest: tuple[int, Any] = (0, None)
        self.shown = 0.0
        self.epoch = 0
        self.exam: dict[str, Any] | None = None
        self.calls = Log()
        self.wanted = True
        self.recorded: list[tuple[int, bool]] = []  # what was asked of `record`
        self._callbacks: list[Callable[[str], None]] = Log()
        self.publish(0)

    def publish(self, update: int, state: str = "training") -> None:
        """A new update with its trace, told to subscribers from a thread of its own, as a trainer does."""
        self.update, self.state = update, state
        trace = synthetic.ntm_trace(words=6, slots=16, update=update, skill=synthetic.skill_at(update))
        self.newest = (self.version + 1, trace)  # at once, as a run's own: no reader pairs a version with another's
        self.publish_again()

    def publish_again(self) -> None:
        """Tell subscribers of what is newest."""
        thread = threading.Thread(target=lambda: [tell("trace") for tell in list(self._callbacks)])
        thread.start()
        thread.join()

    def status(self) -> dict[str, Any]:
        return synthetic.status(
            run=self.id,
            seed=self.recipe.get("seed", 0),
            state=self.state,
            update=self.update,
            solved_at=None,
            exam=self.exam,
            epoch=self.epoch,
        )

    def curve(self, start: int, branch: int | None = None) -> dict[str, np.ndarray]:
        return {name: column[start:] for name, column in synthetic.history(self.update).items()}

    def latest(self) -> tuple[int, Any]:
        return self.newest

    @property
    def version(self) -> int:
        return self.newest[0]

    @property
    def trace(self) -> Any:
        return self.newest[1]

    def phase(self) -> None:
        return None

    def records(self) -> list[int]:
        return [u for u in synthetic.RECORDS if u <= self.update]

    def record(self, update: int, gradients: bool = False, branch: int | None = None) -> Any:
        self.recorded.append((update, gradients))
        if update not in self.records():
            raise ConfigError(f"Run.record: want a recorded update, got {update} (see records)")
        skill = synthetic.skill_at(update)
        trace = synthetic.ntm_trace(words=6, slots=16, update=update, skill=skill, gradients=gradients)
        return SimpleNamespace(trace=trace, checkpoint=None)

    def subscribe(self, callback: Callable[[str], None]) -> Callable[[], None]:
        self._callbacks.append(callback)

        def leave() -> None:
            self._callbacks.remove(callback)
            told()

        return leave

    def wants(self, on: bool) -> None:
        self.wanted = on
        told()

    @property
    def watched(self) -> int:
        return len(self._callbacks)

    def __getattr__(self, name: str) -> Callable[..., None]:
        if name not in set(COMMANDS) & set(vars(Run)):
            raise AttributeError(name)
        real = inspect.signature(vars(Run)[name])

        def call(*args: Any, **values: Any) -> None:
            real.bind(self, *args, **values)  # a TypeError where the real run would raise one
            self.calls.append((name, *args, *sorted(values.items())))

        return call


class FakeMemories:
    """Saved memories by a made-up id."""

    def __init__(self) -> None:
        self.kept: dict[str, np.ndarray] = {}

    def put(self, memory: np.ndarray, about: Mapping[str, Any]) -> str:
        id = f"{len(self.kept):064x}"
        self.kept[id] = memory
        return id

    def get(self, id: str) -> np.ndarray:
        if id not in self.kept:
            raise ConfigError(f"recipe.memory: want a memory that is kept here, got {id:.12} (open its file)")
        return self.kept[id]


class FakeRegistry:
    """Runs by id; `fail` is raised by the next create."""

    def __init__(self) -> None:
        self.runs: dict[str, FakeRun] = {}
        self.memories = FakeMemories()
        self.fail: Exception | None = None

    def create(self, recipe: Mapping[str, Any], owner: str) -> FakeRun:
        if self.fail is not None:
            raise self.fail
        run = FakeRun(f"run{len(self.runs)}", recipe, owner)
        self.runs[run.id] = run
        told()
        return run

    def get(self, run_id: str) -> FakeRun:
        if run_id not in self.runs:
            raise ConfigError(f"Registry.get: want a run of this server, got {run_id!r:.40} (start a new one)")
        return self.runs[run_id]

    def close(self) -> None:
        self.runs.clear()
