"""All runs of one server, by id: who may train at once, what is saved when, and what is found again after a restart.

Limits (see `Limits`): as many runs train at once as there are cores, others wait in line. A run that nobody watches
pauses after two minutes. Every four seconds a run is saved, by another thread; a killed server loses less than five.
At most 32 runs stay in memory: of those at rest and unwatched, the oldest go to disk. The disk holds at most 4 GiB of
runs: beyond that the oldest lose their records first, then all.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from memviz.contracts import places
from memviz.contracts.errors import FileError
from memviz.contracts.model import Model
from memviz.contracts.task import Task
from memviz.training import checkpoint
from memviz.training.config import Until
from memviz.training.engine import Engine, Hooks
from memviz.training.folder import Folder, Saved, prune
from memviz.training.gate import Places, Tell
from memviz.training.history import History
from memviz.training.mailbox import Clock, Mailbox
from memviz.training.pace import cores
from memviz.training.recipe import Plan, plan
from memviz.training.run import Run
from memviz.training.saver import Saver
from memviz.training.trainer import Trainer
from memviz.training.warm import ensure_warm

Compile = Callable[[str, str, Tell], None]  # (model, task, where to tell how far it is)
AT_WORK = {"compiling", "waiting", "training"}  # become "interrupted" when the server stopped under them


@dataclass(frozen=True)
class Limits:
    """What the runs of a server may take."""

    training: int = cores()  # runs that train at once
    patience: float = 120.0  # seconds without a viewer before a run pauses
    autosave: float = 4.0  # seconds of training between two saves
    runs: int = 32  # kept in memory
    disk: int = 4 << 30  # bytes of all saved runs


class Registry:
    """Makes runs and finds them. `models` and `tasks` are the catalog's; `compile` readies the kernels of a pair."""

    def __init__(
        self,
        models: Mapping[str, Model],
        tasks: Mapping[str, Task],
        home: Path | None = None,
        limits: Limits = Limits(),
        clock: Clock | None = None,
        compile: Compile | None = ensure_warm,
    ) -> None:
        self._models, self._tasks, self._limits = models, tasks, limits
        self._folder = (home or places.home()) / "runs"
        self._clock, self._compile = clock or Clock(), compile
        self._line, self._saver = Places(limits.training), Saver()
        self._lock = threading.Lock()
        self._runs: dict[str, Run] = {}  # the one used last is the last

    def create(self, recipe: Mapping[str, Any], owner: str = "", start: bool = True) -> Run:
        """A new run of a recipe, training or about to. `owner`: the SHA-256 (hex) of the secret that may command it.

        Raises ConfigError, CatalogError or BackendError when the recipe cannot be carried out here.
        """
        planned = plan(recipe, self._models, self._tasks)
        trainer = Trainer(planned.setup, planned.config)
        run = self._run(secrets.token_urlsafe(9), trainer, planned, recipe, owner)
        self._keep(run)
        if start:
            run.start()
        return run

    def get(self, id: str) -> Run:
        """The run of an id, from memory, or from disk where it rests. Raises FileError when there is none."""
        with self._lock:
            run = self._runs.pop(id, None)
            if run is not None:
                self._runs[id] = run
                return run
        revived = self._revive(Folder(self._folder, id))
        with self._lock:
            run = self._runs.setdefault(id, revived)
        if run is not revived:
            revived.close()
        return run

    def runs(self) -> list[Run]:
        """The runs in memory, the one used last at the end."""
        with self._lock:
            return list(self._runs.values())

    def flush(self) -> bool:
        """Wait until what was handed over is on disk; False when that took too long."""
        return self._saver.flush()

    def close(self) -> None:
        """Stop and save every run; each can be found again by its id."""
        for run in self.runs():
            run.close()
        self._saver.close()

    def _run(self, id: str, trainer: Trainer, planned: Plan, recipe: Mapping[str, Any], owner: str, **kept: Any) -> Run:
        limits, compile, names = self._limits, self._compile, (planned.setup.model.name, planned.setup.task.name)
        hooks = Hooks(
            self._line,
            None if compile is None else lambda tell: compile(*names, tell),
            lambda engine: self._save(run, engine),
            limits.autosave,
            limits.patience,
        )
        engine = Engine(trainer, Mailbox(self._clock), self._clock, planned.until, planned.changes, hooks, **kept)
        run = Run(id, engine, owner, recipe)
        return run

    def _keep(self, run: Run) -> None:
        with self._lock:
            self._runs[run.id] = run
            idle = [old for old in self._runs.values() if old is not run and not (old.busy or old.watched)]
            evicted = idle[: max(0, len(self._runs) - self._limits.runs)]
            for old in evicted:
                del self._runs[old.id]
            kept = set(self._runs)
        for old in evicted:
            old.close()
        self._saver.put("prune", lambda: prune(self._folder, self._limits.disk, kept))

    def _save(self, run: Run, engine: Engine) -> None:
        about = {
            "owner": run.owner,
            "recipe": run.recipe,
            "state": engine.state,
            "message": engine.message,
            "goal": asdict(engine.goal),
            "epoch": engine.epoch,
        }
        setup, history = engine.trainer.setup, engine.history
        records = {update: state for update in history.updates if (state := history.state(update)) is not None}
        saved = Saved(setup, engine.trainer.state.copy(), history.curve.columns(), about, records)
        self._saver.put(run.id, lambda: Folder(self._folder, run.id).write(saved))

    def _revive(self, folder: Folder) -> Run:
        self._saver.flush()  # it may have been evicted a moment ago
        if not folder.exists:
            raise FileError(
                f"Registry.get: want a run of this machine, got {folder.id} (it was removed; start a new one)"
            )
        found = folder.read()
        about = found.header["run"]
        planned = plan(about["recipe"], self._models, self._tasks)
        setup = found.setup(planned.setup.model, planned.setup.task)
        state = found.state(setup)
        history = History()
        history.curve.fill(found.blocks("curve"))
        for path in folder.records(about["epoch"]).values():
            history.keep(checkpoint.load(path).state(setup))
        trainer = Trainer(setup, state.config, state)
        label, message = about["state"], about["message"]
        if label in AT_WORK:
            label, message = "interrupted", "The server stopped; resume to go on."
        kept = {"state": label, "message": message, "history": history, "epoch": about["epoch"]}
        goal = Until(**about["goal"])
        return self._run(folder.id, trainer, replace(planned, until=goal), about["recipe"], about["owner"], **kept)
