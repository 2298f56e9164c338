"""What a run does on its own thread: one turn after another, each a few updates, and commands in between.

Nothing here starts a thread or sleeps: `turn` says how long to wait before the next one, so tests drive it by hand.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import InitVar, dataclass, field
from typing import Any

from memviz.contracts.errors import DivergedError, MemvizError
from memviz.training.config import Until
from memviz.training.loop import Changes, drive, spent
from memviz.training.probe import Probe
from memviz.training.runs.admission import Admission
from memviz.training.runs.brake import Brake
from memviz.training.runs.branches import Branches
from memviz.training.runs.history import History
from memviz.training.runs.hooks import Hooks
from memviz.training.runs.mailbox import Clock, Mailbox
from memviz.training.runs.patience import Patience
from memviz.training.runs.publish import Publisher
from memviz.training.runs.rate import Rate
from memviz.training.runs.slow import slow_motion
from memviz.training.state import TrainState
from memviz.training.trainer import Progress, Trainer

WORK = 0.010  # seconds of updates between two looks into the mailbox, flat out
FOR_EVER = Until(solved=False)


@dataclass
class Engine:
    """One run's training and all that belongs to it. Methods are for the run's thread; others may read the fields."""

    trainer: Trainer
    mailbox: Mailbox
    clock: Clock
    goal: Until = field(default_factory=Until)
    changes: Changes = ()  # what a recipe changes at which update; dropped when a person takes over
    hooks: Hooks = field(default_factory=Hooks)
    state: str = "idle"
    message: str = ""
    gradients: bool = False  # whether traces hold the gradient of the loss
    aim: InitVar[Until | None] = None  # of a revived run: its first goal; None: the goal
    past: InitVar[Branches | None] = None  # of a revived run: its branches; None: those of a new run
    first_goal: Until = field(init=False)  # what a rewind aims at again
    branches: Branches = field(init=False)

    def __post_init__(self, aim: Until | None, past: Branches | None) -> None:
        """Record update 0, at rest."""
        self.first_goal = aim or self.goal
        self.branches = past or Branches.first(self.trainer.setup, self.trainer.state)
        self.publisher, self.probe = Publisher(self.clock), Probe(self.trainer.setup)
        self.admission = Admission(self.mailbox.wake, self.hooks.line, self.hooks.compile)
        self.rate, self.brake = Rate(), Brake(self.clock)
        self.patience = Patience(self.hooks.patience, self.publisher, self.clock)
        self._budget, self._rest = self.goal, "finished"
        self._updates: Iterator[Progress] | None = None  # None: at rest
        self._saved = self.clock.now()
        self._share = 0

    @property
    def history(self) -> History:
        """The present branch's past."""
        return self.branches.now.history

    @property
    def active(self) -> bool:
        """Whether it trains, or would if it were its turn."""
        return self._updates is not None

    def turn(self) -> float | None:
        """Train a little. Returns the seconds to wait before the next turn; None: until something happens."""
        if self.active and self.patience.left() <= 0:
            self.rest("paused", "Nobody watched; resume to go on.")
        if not self.active:
            return None
        if not self._ready():
            return self.patience.left() if self.active else None  # in line
        if self.brake.due:
            self._work()
        if self.active:
            self._upkeep()
        return self.brake.wait() if self.active else None

    def go(self, goal: Until | None = None) -> None:
        """Train until a goal is reached, by default the present one; where that is behind, train on without end."""
        self.goal = goal or (FOR_EVER if spent(self.trainer, self.goal) else self.goal)
        self._begin(self.goal, "finished")
        self.save()  # before it compiles or waits, which may take long

    def step(self, n: int) -> None:
        """Make n updates, then pause; the goal stays what it was."""
        self._begin(Until(False, self.trainer.state.update + n), "paused")

    def _begin(self, budget: Until, rest: str) -> None:
        self._budget, self._rest = budget, rest
        self._updates = drive(self.trainer, budget, self.changes)
        self.brake.release()
        self.patience.begin()
        self.rate.clear()
        self.admission.enter()
        self.say("training")

    def rest(self, state: str, message: str = "") -> None:
        """Stop, take an exam of the state as it is, record, save and show it; tell when nothing is left to do."""
        trainer = self.trainer
        if self.admission.ready and (trainer.state.exam is None or trainer.state.exam.update != trainer.state.update):
            trainer.exam()
        self.branches.keep(trainer.state)
        self.save(state, message)
        try:
            self.show()  # before the state is told: whoever hears of it finds the last trace
        finally:  # what cannot be drawn has come to rest all the same
            self._halt()
            self.say(state, message)

    def fail(self, message: str) -> None:
        """Stop after an error of ours; a run at rest stays what it is."""
        state = "interrupted" if self.active else self.state
        self._halt()
        self.say(state, message)

    def close(self) -> None:
        """Stop for good, and save."""
        try:
            if self.active:
                self.rest("interrupted", "The server stopped; resume to go on.")
        finally:
            self.trainer.close()

    def say(self, state: str, message: str = "") -> None:
        """Change the state that people see."""
        self.state, self.message = state, message
        self.publisher.tell("status")

    def show(self) -> None:
        """Make a trace of the present state, if anybody watches."""
        if self.publisher.watched and self._prepare():
            self.publisher.show(lambda: self.probe.trace(self.trainer.state, self.trainer.params, self.gradients))

    def save(self, *standing: str) -> None:
        """Hand a copy of all to whoever writes it. `standing`: the state and message that are about to be told."""
        self._saved = self.clock.now()
        if self.hooks.save is not None:
            self.hooks.save(*(standing or (self.state, self.message)))

    def change(self, values: Mapping[str, Any]) -> None:
        """Change live knobs; from now on a recipe's own changes are not made."""
        self.trainer.change(**values)
        self.take_over()

    def slow_down(self, per_second: float | None) -> None:
        """Train at most so fast (None: flat out); up to 2 updates a second each is shown in slow motion."""
        self.brake.set(per_second)
        self.trainer.on_phase = slow_motion(self.brake.slow, self.publisher, self.mailbox)
        self.publisher.tell("status")

    def take_over(self) -> None:
        """A person has: from now on a recipe's own changes are not made."""
        self.changes = ()
        if self.active:
            self._updates = drive(self.trainer, self._budget)
        self.publisher.tell("status")

    def _halt(self) -> None:
        self._updates = None
        self.admission.leave()

    def _ready(self) -> bool:
        """Whether it may train now: compiled, and its turn."""
        waited = self.admission.place
        if not self.admission.ready and not self._prepare():
            return False
        if not self.admission.admitted():
            self.say("waiting", f"{self.admission.place} in line")
            return False
        if waited:
            self.say("training")
        if self._share != (share := self.admission.share()):
            self._share = share
            self.trainer.allow(share)
        return True

    def _prepare(self) -> bool:
        if self.admission.ready:
            return True
        before = self.state, self.message
        try:
            self.admission.prepare(lambda message: self.say("compiling", message))
        except MemvizError as error:
            self.state = before[0]
            self.fail(str(error))
            return False
        self.say(*before)
        return True

    def _work(self) -> None:
        end = self.clock.now() + WORK
        self.brake.begin()
        while self._update() and self.brake.per_second is None and self.clock.now() < end:
            pass

    def _update(self) -> bool:
        """One update, kept in the history. False when training has come to an end."""
        assert self._updates is not None
        try:
            progress = next(self._updates, None)
        except DivergedError as error:
            self.branches.cut(self.trainer.state.update)
            self.rest("diverged", str(error))
            return False
        if progress is None:
            self._end()
            return False
        state = self.trainer.state
        self.history.curve.add(progress.update, progress.metrics)
        if self.history.due(progress.update) or _best(state) == progress.update:
            self.branches.keep(state)
        return True

    def _end(self) -> None:
        """Rest where the budget is spent: the state stays as it is, so that whoever goes on takes the same path."""
        state, best = self.trainer.state, _best(self.trainer.state)
        cut = self._rest == "finished" and best in self.history.updates
        said = f"Cut short while polishing: its best state is recorded at u = {best:,}." if cut else ""
        solved = self._budget.solved and state.solved is not None
        self.rest("solved" if solved else self._rest, said)

    def _upkeep(self) -> None:
        """Between two pieces of work: show and save."""
        now = self.clock.now()
        self.rate.note(now, self.trainer.state.sequences)
        if self.publisher.due() and self.trainer.on_phase is None:  # slow motion shows its own episodes
            self.show()
        if now - self._saved >= self.hooks.autosave:
            self.save()


def _best(state: TrainState) -> int | None:
    """The update of the best state of a polish that is under way; None: there is none."""
    return None if state.best_exam is None else state.best_exam.update
