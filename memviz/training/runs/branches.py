"""The pasts and futures of a run: every branch is a history from update 0 on, and none is lost when another begins.

A branch begins at a record of another ("train from here"), or at update 0 (rewind, reseed). Going to the last record
of a branch goes on with it instead. Records are shared among branches, not copied. At most 16 branches, and 128 MiB of
records in all of them together: beyond that the one visited longest ago goes, never the present one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from memviz.contracts.errors import ConfigError
from memviz.training.runs.history import BYTES, History, Kept
from memviz.training.setup import Setup
from memviz.training.state import TrainState

BRANCHES = 16


@dataclass(frozen=True, eq=False)
class Branch:
    """One past of a run. `at`: the update where it left its parent, which may be forgotten by now."""

    id: int  # the epoch in which it began
    parent: int | None
    at: int
    setup: Setup
    history: History

    @property
    def last(self) -> int:
        """The last recorded update."""
        return self.history.updates[-1]

    def describe(self) -> dict[str, Any]:
        """JSON values for the status."""
        told = {"id": self.id, "parent": self.parent, "at": self.at, "seed": self.setup.seed, "last": self.last}
        return {**told, "records": self.history.updates}


class Branches:
    """All branches of a run, the present one last. One thread writes; any may read.

    `epoch` grows whenever the present curve and records are others than before, or were cut.
    """

    def __init__(self, found: list[Branch], epoch: int = 0, most: int = BRANCHES, limit: int = BYTES) -> None:
        self.epoch, self._most, self._limit = epoch, most, limit
        self._all = {branch.id: branch for branch in found}  # the one visited last is the last; replaced as a whole

    @classmethod
    def first(cls, setup: Setup, state: TrainState, **limits: int) -> Branches:
        """The one branch of a new run."""
        made = cls([Branch(0, None, state.update, setup, History())], **limits)
        made.keep(state)
        return made

    @property
    def now(self) -> Branch:
        """The present branch."""
        return self.visited[-1]

    @property
    def every(self) -> list[Branch]:
        """All branches in the order they began."""
        return [branch for _, branch in sorted(self._all.items())]

    @property
    def visited(self) -> list[Branch]:
        """All branches, the one visited last, which is the present one, at the end."""
        return list(self._all.values())

    @property
    def bytes(self) -> int:
        """What the records of all branches take."""
        return sum(kept.bytes for kept in {id(kept): kept for kept in self._kept()}.values())

    def find(self, id: int | None) -> Branch:
        """A branch; None: the present one. Raises ConfigError when there is none of that id."""
        branch = self.now if id is None else self._all.get(id)
        if branch is None:
            ids = ", ".join(map(str, sorted(self._all)))
            raise ConfigError(f"Run.branch: want one of the branches {ids}, got {id!r:.40} (it may be forgotten)")
        return branch

    def keep(self, state: TrainState) -> None:
        """Record a state of the present branch."""
        self.now.history.keep(state, self.epoch)
        self._trim()

    def leave_for(self, update: int, of: int | None, present: TrainState) -> TrainState | None:
        """Record the present state, then begin a branch at a record of a branch, or go on with that where it ended.

        Returns the record's state; None, with nothing changed, when there is no such record.
        """
        branch = self.find(of)
        kept = branch.history.at(update)
        if kept is None:
            return None
        self.keep(present)
        ended = update == branch.last
        self._enter(branch if ended else self._fork(branch, kept))
        return kept.state

    def begin(self, setup: Setup, state: TrainState, present: TrainState) -> None:
        """Record the present state, then begin a branch at update 0 with the seed of `setup`."""
        self.keep(present)
        parent = self.now.id if setup.seed == self.now.setup.seed else None
        self._enter(Branch(self.epoch + 1, parent, state.update, setup, History()), state)

    def cut(self, update: int) -> None:
        """Forget what came after an update of the present branch."""
        self.now.history.cut(update)
        self.epoch += 1

    def _fork(self, branch: Branch, kept: Kept) -> Branch:
        update = kept.state.update
        history = branch.history.until(update)
        history.share(kept)  # the present state may just have pushed it out
        return Branch(self.epoch + 1, branch.id, update, branch.setup, history)

    def _enter(self, branch: Branch, state: TrainState | None = None) -> None:
        left, epoch = self.now, self.epoch + 1
        if state is not None:
            branch.history.keep(state, epoch)
        others = {id: other for id, other in self._all.items() if id != branch.id}
        if left is not branch and left.last == left.at:  # nothing was trained on it
            del others[left.id]
        self._all = others | {branch.id: branch}
        self.epoch = epoch  # not before: who hears of it reads the curve of this branch
        self._trim()

    def _trim(self) -> None:
        while len(self._all) > 1 and (len(self._all) > self._most or self.bytes > self._limit):
            self._all = dict(list(self._all.items())[1:])

    def _kept(self) -> list[Kept]:
        return [kept for branch in self._all.values() for kept in branch.history.kept]
