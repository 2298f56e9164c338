"""All runs of one server, by id: who may train at once, what is saved when, and what is found again after a restart.

What they may take, `Limits` says: others wait in line, a run that nobody watches pauses, runs at rest go to disk, and
old ones make room there. A run is saved when it is made and every few seconds of training, by another thread: a killed
server loses less than five seconds of it.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext, suppress
from functools import partial
from pathlib import Path
from typing import Any

from memviz.contracts import places
from memviz.contracts.errors import ConfigError
from memviz.contracts.model import Model
from memviz.contracts.task import Task
from memviz.training.config import TrainConfig
from memviz.training.memories import Memories
from memviz.training.recipe import Plan, plan
from memviz.training.runs import footprint
from memviz.training.runs.admission import Places, Tell
from memviz.training.runs.archive import revive, saved, settings_of
from memviz.training.runs.engine import Engine
from memviz.training.runs.folder import Folder, prune
from memviz.training.runs.hooks import Hooks
from memviz.training.runs.ledger import Ledger
from memviz.training.runs.limits import GIB, Limits
from memviz.training.runs.mailbox import Clock, Mailbox
from memviz.training.runs.residents import Residents
from memviz.training.runs.run import Run
from memviz.training.runs.saver import Saver
from memviz.training.setup import Setup
from memviz.training.trainer import Trainer
from memviz.training.warm import ensure_warm

Compile = Callable[[str, str, Tell], None]  # (model, task, where to tell how far it is)


class Registry:
    """Makes runs and finds them. `models` and `tasks` are the catalog's; `compile` readies the kernels of a pair.

    `limits`: by default what the environment says.
    """

    def __init__(
        self,
        models: Mapping[str, Model],
        tasks: Mapping[str, Task],
        home: Path | None = None,
        limits: Limits | None = None,
        clock: Clock | None = None,
        compile: Compile | None = ensure_warm,
    ) -> None:
        home = home or places.home()
        self._models, self._tasks = models, tasks
        self.limits = limits or Limits.from_environment()
        self._folder, self.memories = home / "runs", Memories(home)
        self._clock, self._compile = clock or Clock(), compile
        self._line, self._saver = Places(self.limits.training), Saver()
        self._admission = threading.Lock()  # held by whoever makes a run train, at most to copy a new run's state
        self._residents, self._ledger = Residents(self.limits.runs), Ledger(self.limits.total_memory * GIB)

    def create(self, recipe: Mapping[str, Any], owner: str = "", start: bool = True) -> Run:
        """A new run of a recipe, training or about to. `owner`: the SHA-256 (hex) of the secret that may command it.

        Raises ConfigError, CatalogError or BackendError when the recipe cannot be carried out here.
        """
        planned = plan(recipe, self._models, self._tasks, self.memories.get)
        id = secrets.token_urlsafe(9)
        self._reserve(id, planned.setup, settings_of(planned.config, planned.changes))
        with self._unless_it_fails(id):
            run = self._run(id, Trainer(planned.setup, planned.config), planned, recipe, owner)
            with self._admitting(run) if start else nullcontext():
                run.save()
                if start:
                    run.start()
                self._residents.put(run)  # not before: one at rest may be the next to make room
        self._make_room(run)
        return run

    def get(self, id: str) -> Run:
        """The run of an id, from memory, or from disk where it rests.

        Raises FileError when there is none, ConfigError when it takes more memory than the limits of now allow.
        """
        run = self._residents.get(id)
        if run is not None:
            return run
        self._saver.flush()  # it may have been evicted a moment ago
        # its memory lies in its own checkpoint
        with self._unless_it_fails(id):
            found = revive(
                self._folder, id, lambda recipe: plan(recipe, self._models, self._tasks), partial(self._reserve, id)
            )
            revived = self._run(id, found.trainer, found.plan, found.recipe, found.owner, **found.kept)
        run = self._residents.put(revived)
        if run is not revived:
            revived.close()
        self._make_room(run)
        return run

    def runs(self) -> list[Run]:
        """The runs in memory, the one used last at the end."""
        return self._residents.all()

    def flush(self) -> bool:
        """Wait until what was handed over is on disk; False when that took too long."""
        return self._saver.flush()

    def close(self) -> None:
        """Stop and save every run; each can be found again by its id."""
        for run in self.runs():
            run.close()
        self._saver.close()

    def _reserve(self, id: str, setup: Setup, configs: list[TrainConfig]) -> None:
        """Count what a run takes; runs at rest that nobody watches make room. Raises ConfigError."""
        bytes = footprint.check(setup, configs, self.limits.run_memory * GIB)
        while self._ledger.lacks(id, bytes) and (old := self._residents.give_up(but=id)) is not None:
            self._retire(old)
        self._ledger.take(id, bytes)

    @contextmanager
    def _unless_it_fails(self, id: str) -> Iterator[None]:
        """What was reserved for a run is free again when it cannot be made."""
        try:
            yield
        except BaseException:
            if self._residents.get(id) is None:
                self._ledger.free(id)
            raise

    def _retire(self, run: Run) -> None:
        run.close()
        self._ledger.free(run.id)

    @contextmanager
    def _admitting(self, run: Run) -> Iterator[None]:
        """Within it a run is told to train, one at a time: the next one counts those before it. Raises ConfigError."""
        with self._admission:
            if run.owner and not run.going:
                self._make_way(run.owner)
            yield

    def _make_way(self, owner: str) -> None:
        """Before one more of a browser's runs trains: pause its oldest that nobody watches, if there are too many."""
        most = self.limits.per_browser
        going = [run for run in self.runs() if run.owner == owner and run.going]
        if len(going) < most:
            return
        unwatched = [run for run in going if not run.watched]
        if not unwatched:
            raise ConfigError(
                f"Registry.create: want at most {most} runs of one browser at work, got one more (pause one of them)"
            )
        for run in unwatched[: len(going) - most + 1]:
            with suppress(ConfigError):  # it has gone to disk since, which makes way too
                run.pause()

    def _run(self, id: str, trainer: Trainer, planned: Plan, recipe: Mapping[str, Any], owner: str, **kept: Any) -> Run:
        limits, compile, names = self.limits, self._compile, (planned.setup.model.name, planned.setup.task.name)
        hooks = Hooks(
            line=self._line,
            compile=None if compile is None else lambda tell: compile(*names, tell),
            save=lambda *standing: self._save(run, engine, *standing),
            autosave=limits.autosave,
            patience=limits.patience,
            reserve=partial(self._reserve, id),
            admit=lambda: self._admitting(run),
        )
        engine = Engine(trainer, Mailbox(self._clock), self._clock, planned.until, planned.changes, hooks, **kept)
        run = Run(id, engine, owner, recipe)
        return run

    def _make_room(self, but: Run) -> None:
        for old in self._residents.surplus(but):
            self._retire(old)
        self._saver.put("prune", self._prune)

    def _save(self, run: Run, engine: Engine, *standing: str) -> None:
        found = saved(run, engine, *standing)
        self._saver.put(run.id, lambda: Folder(self._folder, run.id).write(found))
        self._saver.put("prune", self._prune)

    def _prune(self) -> None:
        runs = self.runs()
        used, present = {run.id for run in runs if run.busy or run.watched}, {run.id for run in runs}
        prune(self._folder, int(self.limits.disk * GIB), used, present)
