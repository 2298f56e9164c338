"""A run on disk, so that it is found again after a restart: <home>/runs/<id>/.

state.safetensors         memviz-checkpoint/1: the state, the present branch's curve as arrays curve/<column>, those of
                          the others as curve-<branch>/<column>, and in the header "run": owner (a hash), recipe, state,
                          message, goal, changes, epoch, branches; written anew at every save
record-<epoch>-<update>.safetensors   memviz-checkpoint/1: one recorded update each, written once, whichever branches
                          share it; the epoch grows when a run goes back, so no record is taken for another past's
"""

from __future__ import annotations

import contextlib
import re
import shutil
import time
from collections.abc import Mapping, Set
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from memviz.contracts import store
from memviz.contracts.errors import FileError
from memviz.training import checkpoint
from memviz.training.runs.branches import Branch
from memviz.training.runs.history import History, Kept
from memviz.training.setup import Setup
from memviz.training.state import TrainState

ID = re.compile(r"[A-Za-z0-9_-]{8,40}")
STATE = "state.safetensors"
CURVE = "curve"
HALF = 3600.0  # seconds after which nobody is still writing what is not whole
Shared = dict[tuple[int, int], Kept]
RECORD = re.compile(r"record-([0-9]{1,12})-([0-9]{1,12})\.safetensors")


@dataclass(frozen=True)
class SavedBranch:
    """A branch as it was when it was saved."""

    branch: Branch
    kept: list[Kept]
    curve: Mapping[str, np.ndarray]

    @classmethod
    def of(cls, branch: Branch) -> SavedBranch:
        """What a branch holds now."""
        return cls(branch, branch.history.kept, branch.history.curve.columns())

    def describe(self) -> dict[str, Any]:
        """JSON values for the header."""
        branch, records = self.branch, [[one.epoch, one.state.update] for one in self.kept]
        told = {"id": branch.id, "parent": branch.parent, "at": branch.at, "seed": branch.setup.seed}
        return {**told, "records": records}


@dataclass(frozen=True)
class Saved:
    """All of a run that a file can hold; it shares nothing that the run changes."""

    setup: Setup
    state: TrainState
    branches: list[SavedBranch]  # the present one last
    about: Mapping[str, Any]  # the header's "run"


class Folder:
    """The files of one run. Raises FileError when the id is none, which keeps strangers' ids off the disk."""

    def __init__(self, runs: Path, id: str) -> None:
        if not ID.fullmatch(id):
            raise FileError(
                f"run: want an id of 8 to 40 letters, digits, - and _, got {id!r:.60} (copy the link again)"
            )
        self.id, self.path = id, runs / id

    @property
    def exists(self) -> bool:
        """Whether the run was saved."""
        return (self.path / STATE).is_file()

    @property
    def changed(self) -> float:
        """When it was saved last, seconds since the epoch; 0 if never."""
        return (self.path / STATE).stat().st_mtime if self.exists else 0.0

    @property
    def bytes(self) -> int:
        """What its files take."""
        return sum(file.stat().st_size for file in self.path.glob("*") if file.is_file())

    def write(self, saved: Saved) -> None:
        """Write the state, the records that are not there yet, and remove those that the run has forgotten."""
        about = {**saved.about, "branches": [one.describe() for one in saved.branches]}
        made = checkpoint.checkpoint(saved.setup, saved.state, {"run": about})
        now = saved.branches[-1]
        curves = {
            f"{CURVE if one is now else _curve(one.branch.id)}/{name}": column
            for one in saved.branches
            for name, column in one.curve.items()
        }
        store.write_file(self.path / STATE, checkpoint.FORMAT, made.header, {**made.arrays, **curves})
        wanted = {
            self._record(kept.epoch, kept.state.update): (one.branch.setup, kept.state)
            for one in saved.branches
            for kept in one.kept
        }
        for file in self._record_files().keys() - wanted.keys():
            file.unlink(missing_ok=True)
        for file, (setup, state) in wanted.items():
            if not file.exists():
                checkpoint.save(file, setup, state)

    def read(self) -> checkpoint.Checkpoint:
        """The checkpoint, with "run" in its header. Raises FileError when there is none, or a damaged one."""
        found = checkpoint.load(self.path / STATE)
        if not isinstance(found.header.get("run"), dict):
            raise FileError(f"{self.path}: want a saved run, got a checkpoint of another sort (open it as a file)")
        return found

    def branches(self, found: checkpoint.Checkpoint, setup: Setup) -> list[Branch]:
        """The branches of what `read` gave, the present one last; one whose records were pruned is gone."""
        about = found.header["run"]
        alone = {"id": about["epoch"], "parent": None, "at": 0, "seed": setup.seed}
        alone["records"] = [[about["epoch"], update] for update in self.records(about["epoch"])]  # an older file
        told = about.get("branches") or [alone]
        shared: Shared = {}
        made = [self._branch(found, setup, one, one is told[-1], shared) for one in told]
        return [branch for branch in made if branch.history.updates or branch is made[-1]]

    def _branch(
        self, found: checkpoint.Checkpoint, setup: Setup, told: Mapping[str, Any], present: bool, shared: Shared
    ) -> Branch:
        own = setup if told["seed"] == setup.seed else setup.reseeded(told["seed"])
        history = History()
        history.curve.fill(found.blocks(CURVE if present else _curve(told["id"])))
        for epoch, update in told["records"]:
            file = self._record(epoch, update)
            if (epoch, update) not in shared and file.exists():
                shared[epoch, update] = Kept(epoch, checkpoint.load(file).state(own))
            if (epoch, update) in shared:
                history.share(shared[epoch, update])
        return Branch(told["id"], told["parent"], told["at"], own, history)

    def records(self, epoch: int) -> dict[int, Path]:
        """Update -> file of every record of an epoch, in order."""
        found = ((update, file) for file, (its, update) in self._record_files().items() if its == epoch)
        return dict(sorted(found))

    def _record_files(self) -> dict[Path, tuple[int, int]]:
        named = ((file, RECORD.fullmatch(file.name)) for file in self.path.glob("record-*.safetensors"))
        return {file: (int(match.group(1)), int(match.group(2))) for file, match in named if match}

    def forget_records(self) -> None:
        """Free the disk of the records; the state stays."""
        for file in self._record_files():
            file.unlink(missing_ok=True)

    def remove(self) -> None:
        """Delete the run."""
        shutil.rmtree(self.path, ignore_errors=True)

    def _record(self, epoch: int, update: int) -> Path:
        return self.path / f"record-{epoch}-{update}.safetensors"


def _curve(branch: int) -> str:
    return f"{CURVE}-{branch}"


def every(runs: Path) -> list[Folder]:
    """All saved runs, the one saved last first."""
    found = [Folder(runs, path.name) for path in runs.glob("*") if ID.fullmatch(path.name)]
    return sorted((folder for folder in found if folder.exists), key=lambda folder: -folder.changed)


def prune(runs: Path, limit: int, used: Set[str] = frozenset(), present: Set[str] = frozenset()) -> None:
    """Bring the runs under `limit` bytes: the oldest lose their records first, then go; what a kill left half goes too.

    Runs at work or watched (`used`) stay whole; those present in memory stay, but for their records.
    """
    _sweep(runs)
    oldest = list(reversed(every(runs)))
    total = sum(folder.bytes for folder in oldest)
    for free, spared in ((Folder.forget_records, used), (Folder.remove, used | present)):
        for folder in (folder for folder in oldest if folder.id not in spared):
            if total <= limit:
                return
            before = folder.bytes
            free(folder)
            total -= before - folder.bytes


def _sweep(runs: Path) -> None:
    """Delete what a killed process left: drafts that nobody touched for HALF seconds, and runs that have no state."""
    for draft in runs.glob("*/.*.safetensors.*"):
        with contextlib.suppress(OSError):  # another process was quicker
            if _old(draft):
                draft.unlink()
    for path in (path for path in runs.glob("*") if ID.fullmatch(path.name) and path.is_dir()):
        with contextlib.suppress(OSError):
            if not (path / STATE).exists() and _old(path):
                Folder(runs, path.name).forget_records()
                path.rmdir()  # what somebody else has put there stays


def _old(path: Path) -> bool:
    return time.time() - path.stat().st_mtime > HALF
