"""A run and its folder: what of a run is saved, and how a run is made from that again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from itertools import accumulate
from pathlib import Path
from typing import Any

from memviz.contracts.errors import FileError
from memviz.training.checkpoint import Checkpoint
from memviz.training.config import AT_WORK, TrainConfig, Until, change
from memviz.training.recipe import Plan
from memviz.training.runs.branches import Branches
from memviz.training.runs.engine import Engine
from memviz.training.runs.folder import Folder, Saved, SavedBranch
from memviz.training.runs.run import Run
from memviz.training.setup import Setup
from memviz.training.trainer import Trainer


def saved(run: Run, engine: Engine, state: str, message: str) -> Saved:
    """Everything that a run is made from again, at rest or at work; it shares nothing that training changes."""
    about = {
        "owner": run.owner,
        "recipe": run.recipe,
        "state": state,
        "message": message,
        "goal": asdict(engine.goal),
        "first_goal": asdict(engine.first_goal),
        "changes": [[update, dict(values)] for update, values in engine.changes],
        "epoch": engine.branches.epoch,
    }
    trainer = engine.trainer
    return Saved(trainer.setup, trainer.state.copy(), [SavedBranch.of(one) for one in engine.branches.visited], about)


@dataclass(frozen=True)
class Revived:
    """A run as it was saved, without a thread."""

    owner: str
    recipe: Mapping[str, Any]
    plan: Plan
    trainer: Trainer
    kept: Mapping[str, Any]  # more of what the Engine is made from


def revive(
    runs: Path, id: str, plan: Callable[[Mapping[str, Any]], Plan], reserve: Callable[[Setup, list[TrainConfig]], None]
) -> Revived:
    """A saved run by its id. `plan` says how a recipe is carried out here, `reserve` raises when that takes too much.

    Raises FileError when there is none.
    """
    folder = Folder(runs, id)
    if not folder.exists:
        raise FileError(f"Registry.get: want a run of this machine, got {id} (it was removed; start a new one)")
    found = folder.read()
    about = found.header["run"]
    planned = plan(about["recipe"])
    setup = found.setup(planned.setup.model, planned.setup.task)
    state = found.state(setup)
    changes = planned.changes if about.get("changes") is None else _changes(about["changes"])
    reserve(setup, settings_of(state.config, [one for one in changes if one[0] >= state.update]))
    trainer = Trainer(setup, state.config, state)
    planned = replace(planned, setup=setup, until=Until(**about["goal"]), changes=changes)
    first = Until(**about.get("first_goal", about["goal"]))
    kept = {"past": _branches(folder, found, trainer), "aim": first, **_standing(about)}
    return Revived(about["owner"], about["recipe"], planned, trainer, kept)


def settings_of(config: TrainConfig, changes: Iterable[tuple[int, Mapping[str, Any]]]) -> list[TrainConfig]:
    """The settings that a run begins with, and those after every change of its recipe."""
    return list(accumulate((values for _, values in changes), change, initial=config))


def _branches(folder: Folder, found: Checkpoint, trainer: Trainer) -> Branches:
    branches = Branches(folder.branches(found, trainer.setup), found.header["run"]["epoch"])
    if not branches.now.history.updates:  # its records made room for other runs
        branches.keep(trainer.state)
    return branches


def _standing(about: Mapping[str, Any]) -> dict[str, Any]:
    if about["state"] in AT_WORK:  # the server stopped under it
        return {"state": "interrupted", "message": "The server stopped; resume to go on."}
    return {"state": about["state"], "message": about["message"]}


def _changes(found: list[Any]) -> tuple[tuple[int, Mapping[str, Any]], ...]:
    return tuple((int(update), dict(values)) for update, values in found)
