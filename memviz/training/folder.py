"""A run on disk, so that it is found again after a restart: <home>/runs/<id>/.

state.safetensors         memviz-checkpoint/1: the state, the curve as arrays curve/<column>, and in the header "run":
                          owner (a hash), recipe, state, message, goal, epoch; written anew at every save
record-<epoch>-<update>.safetensors   memviz-checkpoint/1: one recorded update each, written once; the epoch grows
                          when a run goes back, so that no record of another past is taken for its own
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from memviz.contracts import store
from memviz.contracts.errors import FileError
from memviz.training import checkpoint
from memviz.training.setup import Setup
from memviz.training.state import TrainState

ID = re.compile(r"[A-Za-z0-9_-]{8,40}")
STATE = "state.safetensors"
RECORD = re.compile(r"record-([0-9]{1,12})-([0-9]{1,12})\.safetensors")


@dataclass(frozen=True)
class Saved:
    """All of a run that a file can hold; it shares nothing with the run."""

    setup: Setup
    state: TrainState
    curve: Mapping[str, np.ndarray]
    about: Mapping[str, Any]  # the header's "run"
    records: Mapping[int, TrainState]


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
        curve = {f"curve/{name}": column for name, column in saved.curve.items()}
        made = checkpoint.checkpoint(saved.setup, saved.state, {"run": dict(saved.about)})
        store.write_file(self.path / STATE, checkpoint.FORMAT, made.header, {**made.arrays, **curve})
        wanted = {self._record(saved.about["epoch"], update): state for update, state in saved.records.items()}
        for file in self._record_files().keys() - wanted.keys():
            file.unlink(missing_ok=True)
        for file, state in wanted.items():
            if not file.exists():
                checkpoint.save(file, saved.setup, state)

    def read(self) -> checkpoint.Checkpoint:
        """The checkpoint, with "run" in its header. Raises FileError when there is none, or a damaged one."""
        found = checkpoint.load(self.path / STATE)
        if not isinstance(found.header.get("run"), dict):
            raise FileError(f"{self.path}: want a saved run, got a checkpoint of another sort (open it as a file)")
        return found

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


def every(runs: Path) -> list[Folder]:
    """All saved runs, the one saved last first."""
    found = [Folder(runs, path.name) for path in runs.glob("*") if ID.fullmatch(path.name)]
    return sorted((folder for folder in found if folder.exists), key=lambda folder: -folder.changed)


def prune(runs: Path, limit: int, keep: set[str]) -> None:
    """Bring the runs under `limit` bytes: the oldest lose their records first, then go; those in `keep` stay whole."""
    oldest = [folder for folder in reversed(every(runs)) if folder.id not in keep]
    total = sum(folder.bytes for folder in every(runs))
    for free in (Folder.forget_records, Folder.remove):
        for folder in oldest:
            if total <= limit:
                return
            before = folder.bytes
            free(folder)
            total -= before - folder.bytes
