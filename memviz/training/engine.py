"""What a run does on its own thread: one turn after another, each a few updates, and commands in between.

Nothing here starts a thread or sleeps: `turn` says how long to wait before the next one, so tests drive it by hand.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from memviz.contracts.errors import DivergedError, MemvizError
from memviz.training.config import Until
from memviz.training.gate import Gate, Line
from memviz.training.history import History
from memviz.training.loop import Changes, drive, spent
from memviz.training.mailbox import Clock, Mailbox
from memviz.training.probe import Probe
from memviz.training.publish import Publisher
from memviz.training.slow import SlowMotion
from memviz.training.status import Rate
from memviz.training.trainer import Progress, Trainer

WORK = 0.010  # seconds of updates between two looks into the mailbox, flat out
SLOW = 2.0  # updates a second up to which each is shown in slow motion
FOR_EVER = Until(solved=False)
PREPARING = "Preparing the kernels (once on this machine)"


@dataclass(frozen=True)
class Hooks:
    """What the registry lends a run. Without them nobody waits, nothing is compiled and nothing is saved."""

    line: Line | None = None
    compile: Callable[[Callable[[str], None]], None] | None = None  # given whom to tell how far it is
    save: Callable[[Engine], None] | None = None
    autosave: float = 4.0  # seconds between two saves; with the writing, less than five
    patience: float = 120.0  # seconds that nobody may watch before it pauses


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
    speed: float | None = None  # the brake, updates a second; None: flat out
    gradients: bool = False  # whether traces hold the gradient of the loss
    epoch: int = 0  # grows when the curve and the records were rewritten
    history: History = field(default_factory=History)

    def __post_init__(self) -> None:
        """Record update 0, at rest."""
        self.publisher, self.probe = Publisher(self.clock), Probe(self.trainer.setup)
        self.gate = Gate(self.mailbox.wake, self.hooks.line, self.hooks.compile)
        self.rate = Rate()
        self._first_goal, self._budget, self._rest = self.goal, self.goal, "finished"
        self._updates: Iterator[Progress] | None = None  # None: at rest
        self._due = self._saved = self.clock.now()
        self._share = 0
        if not self.history.updates:
            self.history.keep(self.trainer.state)

    @property
    def active(self) -> bool:
        """Whether it trains, or would if it were its turn."""
        return self._updates is not None

    def turn(self) -> float | None:
        """Train a little. Returns the seconds to wait before the next turn; None: until something happens."""
        if not (self.active and self._ready()):
            return None
        if self.speed is None or self._due <= self.clock.now():
            self._work()
        if self.active:
            self._upkeep()
        if not self.active:
            return None
        return 0.0 if self.speed is None else max(0.0, min(self._due - self.clock.now(), 1.0))

    def go(self, goal: Until | None = None) -> None:
        """Train until a goal is reached, by default the present one; where that is behind, train on without end."""
        self.goal = goal or (FOR_EVER if spent(self.trainer, self.goal) else self.goal)
        self._begin(self.goal, "finished")

    def step(self, n: int) -> None:
        """Make n updates, then pause; the goal stays what it was."""
        self._begin(Until(False, self.trainer.state.update + n), "paused")

    def _begin(self, budget: Until, rest: str) -> None:
        self._budget, self._rest = budget, rest
        self._updates = drive(self.trainer, budget, self.changes)
        self._due = self.clock.now()
        self.rate.clear()
        self.gate.enter()
        self.say("training")

    def rest(self, state: str, message: str = "") -> None:
        """Stop, take an exam of the state as it is, record, save and show it."""
        self._halt()
        trainer = self.trainer
        if self.gate.ready and (trainer.state.exam is None or trainer.state.exam.update != trainer.state.update):
            trainer.exam()
        self.history.keep(trainer.state)
        self.show()  # before the state is told: whoever hears of it finds the last trace and record
        self.say(state, message)
        self.save()

    def fail(self, message: str) -> None:
        """Stop after an error of ours; the state is as it was."""
        self._halt()
        self.say("interrupted", message)

    def close(self) -> None:
        """Stop for good, and save."""
        if self.active:
            self.rest("interrupted", "The server stopped; resume to go on.")
        self.trainer.close()

    def say(self, state: str, message: str = "") -> None:
        """Change the state that people see."""
        self.state, self.message = state, message
        self.publisher.tell("status")

    def show(self) -> None:
        """Make a trace of the present state, if anybody watches."""
        if self.publisher.watched:
            self._prepare()
            self.publisher.show(lambda: self.probe.trace(self.trainer.state, self.trainer.params, self.gradients))

    def save(self) -> None:
        """Hand a copy of all to whoever writes it."""
        self._saved = self.clock.now()
        if self.hooks.save is not None:
            self.hooks.save(self)

    def change(self, values: Mapping[str, Any]) -> None:
        """Change live knobs; from now on a recipe's own changes are not made."""
        self.trainer.change(**values)
        self._take_over()

    def brake(self, per_second: float | None) -> None:
        """Train at most so fast; up to 2 updates a second each is shown in slow motion."""
        self.speed, self._due = per_second, self.clock.now()
        slow = per_second is not None and per_second <= SLOW
        self.trainer.on_phase = self._slow_motion(1 / per_second) if per_second and slow else None
        self.publisher.tell("status")

    def begin_again(self, seed: int | None = None) -> None:
        """Back to update 0: the same initial weights, or those of another seed; the settings stay as they are."""
        setup = self.trainer.setup
        self.trainer.begin(setup if seed is None else setup.reseeded(seed))
        self.probe = Probe(self.trainer.setup)
        self._rewritten(-1)
        self.history.keep(self.trainer.state)
        if self.active:
            self.go(self._first_goal)
        else:
            self.goal = self._first_goal
            self.say("idle")
        self.save()
        self.show()

    def branch(self, update: int) -> None:
        """Train on from a record; what came after it is forgotten."""
        state = self.history.state(update)
        if state is not None:
            self.trainer.restore(state)
            self._rewritten(update)
            self._take_over()
            self.goal = self._first_goal
            self.go()
            self.save()

    def _halt(self) -> None:
        self._updates = None
        self.gate.leave()

    def _rewritten(self, update: int) -> None:
        self.history.cut(update)
        self.epoch += 1

    def _take_over(self) -> None:
        self.changes = ()
        if self.active:
            self._updates = drive(self.trainer, self._budget)
        self.publisher.tell("status")

    def _ready(self) -> bool:
        """Whether it may train now: compiled, and its turn."""
        waited = self.gate.place
        if not self.gate.ready and not self._prepare():
            return False
        if not self.gate.admitted():
            self.say("waiting", f"{self.gate.place} in line")
            return False
        if waited:
            self.say("training")
        if self._share != (share := self.gate.share()):
            self._share = share
            self.trainer.allow(share)
        return True

    def _prepare(self) -> bool:
        if self.gate.ready:
            return True
        before = self.state, self.message
        try:
            self.gate.prepare(lambda message: self.say("compiling", message))
        except MemvizError as error:
            self.fail(str(error))
            return False
        self.say(*before)
        return True

    def _work(self) -> None:
        end = self.clock.now() + WORK
        self._due = max(self._due + 1 / self.speed, self.clock.now()) if self.speed else 0.0
        while self._update() and self.speed is None and self.clock.now() < end:
            pass

    def _update(self) -> bool:
        """One update, kept in the history. False when training has come to an end."""
        assert self._updates is not None
        try:
            progress = next(self._updates, None)
        except DivergedError as error:
            self._rewritten(self.trainer.state.update)
            self.rest("diverged", str(error))
            return False
        if progress is None:
            solved = self._budget.solved and self.trainer.state.solved is not None
            self.rest("solved" if solved else self._rest)
            return False
        self.history.curve.add(progress.update, progress.metrics)
        if self.history.due(progress.update):
            self.history.keep(self.trainer.state)
        return True

    def _upkeep(self) -> None:
        """Between two pieces of work: show, save, and pause when nobody has watched for long."""
        alone, now = self.publisher.alone_since, self.clock.now()
        self.rate.note(now, self.trainer.state.sequences)
        if self.publisher.due() and self.trainer.on_phase is None:  # slow motion shows its own episodes
            self.show()
        if now - self._saved >= self.hooks.autosave:
            self.save()
        if alone is not None and now - alone >= self.hooks.patience:
            self.rest("paused", "Nobody watched; resume to go on.")

    def _slow_motion(self, seconds: float) -> SlowMotion:
        publisher = self.publisher
        return SlowMotion(seconds, lambda trace: publisher.show(lambda: trace), publisher.tell_phase, self.mailbox.wait)
