"""A training that goes on in the background: commands in by a mailbox, the newest trace and the status out.

One thread of its own takes turns of the engine. It looks into the mailbox after at least 10 ms of updates, or between
two updates when the brake is on. What viewers see never paces it: a trace is made at most ten times a second, only
while somebody is subscribed and ready for one, and for at most a twentieth of the time.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from memviz.contracts.errors import ConfigError
from memviz.contracts.trace import Trace
from memviz.training.config import Until, change
from memviz.training.probe import Probe, probed
from memviz.training.runs import travel
from memviz.training.runs.driver import Driver
from memviz.training.runs.engine import Engine
from memviz.training.runs.history import Record
from memviz.training.runs.publish import Listener
from memviz.training.runs.status import status
from memviz.training.setup import Setup
from memviz.training.state import TrainState

SLOWEST = 0.05  # updates a second


class Run:
    """The handle of one training; every method may be called from any thread and returns at once.

    A command is carried out at the next look into the mailbox; a later one of the same name replaces it. Commands that
    cannot be carried out raise ConfigError here and now, as all do after `close`; looking at it goes on.
    """

    def __init__(self, id: str, engine: Engine, owner: str = "", recipe: Mapping[str, Any] | None = None) -> None:
        self.id = id
        self.owner = owner  # the SHA-256 of the secret of the browser that started it, in hex
        self.recipe = dict(recipe or {})
        self._engine = engine
        self._driver = Driver(id, engine)
        self._lock = threading.Lock()  # of the two below; held for no work
        self._steps = 0  # asked for and not begun
        self._pending: dict[str, Any] = {}  # live knobs that were set and are not changed yet
        self._setting = threading.Lock()  # one set at a time: each is checked with those before it

    @property
    def epoch(self) -> int:
        """Grows when curve and records are others than before (rewind, reseed, branch): read the curve from 0 again."""
        return self._engine.branches.epoch

    @property
    def setup(self) -> Setup:
        """What it trains on what, with the seed of the present branch and the saved memory it started from."""
        return self._engine.branches.now.setup

    @property
    def busy(self) -> bool:
        """Whether it trains, waits for its turn, or was told something that it has not carried out yet."""
        engine, no_work = self._engine, (self._engine.show, self._pause)
        told = any(
            command not in no_work for _, command in engine.mailbox.held
        )  # first: what leaves it is active by then
        return told or engine.active

    @property
    def going(self) -> bool:
        """Whether it will train, by the last that it was told of that; where nothing waits, whether it does."""
        told = [command for name, command in self._engine.mailbox.held if name in ("go", "travel")]
        return told[-1] != self._pause if told else self._engine.active

    @property
    def watched(self) -> bool:
        """Whether anybody is subscribed."""
        return self._engine.publisher.watched

    def save(self) -> None:
        """Write it down as it is. Only for whoever made it, before its first command: later the run saves itself."""
        self._engine.save()

    def start(self) -> None:
        """Train until the goal it was made with. For whoever made it; anybody else resumes it."""
        self._go(self._engine.go)

    def resume(self) -> None:
        """Train on towards the goal it has. Raises ConfigError when its browser has too many runs at work."""
        with self._engine.hooks.admit():
            self.start()

    def pause(self) -> None:
        """Stop after the update it is at; the state is kept."""
        self._go(self._pause)

    def step(self, n: int = 1) -> None:
        """Make n updates, then pause."""
        _want("step.n", n, 1, "an update or more")
        with self._engine.hooks.admit(), self._lock:
            self._steps += n
            self._tell("go", self._step)

    def until(self, what: str, updates: int | None = None, seconds: float | None = None) -> None:
        """Train until "solved", or for so many "updates" or "seconds" more."""
        if what not in ("solved", "updates", "seconds"):
            raise ConfigError(f"Run.until: want solved, updates or seconds, got {what!r:.40} (name the stop)")
        if what != "solved":
            _want(f"until.{what}", updates if what == "updates" else seconds, 0, "how many more")
        with self._engine.hooks.admit():
            self._go(lambda: self._until(what, updates, seconds))

    def set(self, **values: Any) -> None:
        """Change rate, batch, clip or memory while it trains; logged by update. Raises ConfigError.

        Checked is what the run comes to with all that it was told before.
        """
        trainer, reserve = self._engine.trainer, self._engine.hooks.reserve
        with self._setting:
            with self._lock:
                told = {**self._pending, **values}
            now, changed = trainer.state.config, change(trainer.state.config, told)
            if reserve is not None and (now.batch, now.memory) != (changed.batch, changed.memory):
                reserve(trainer.setup, [now, changed])  # now too: divergence puts the last good state back
            for name, value in values.items():
                with self._lock:
                    self._pending[name] = value
                self._tell(f"set {name}", lambda name=name, value=value: self._change(name, value))

    def memory(self, mode: str) -> None:
        """What an episode starts with: "reset" memory, or "carry" over the last one's."""
        self.set(memory=mode)

    def speed(self, per_second: float | None) -> None:
        """Brake to so many updates a second (up to 2: in slow motion); None: flat out."""
        if per_second is not None:
            _want("speed.per_second", per_second, SLOWEST, "updates a second, or None for flat out")
        self._tell("speed", lambda: self._engine.slow_down(per_second))

    def rewind(self) -> None:
        """Back to the same initial weights, with the settings as they are now, in a branch of its own."""
        self._tell("travel", lambda: travel.begin_again(self._engine))

    def reseed(self, seed: int | None = None) -> None:
        """Back to update 0 with other initial weights and episodes: by `seed`, else by the next one."""
        engine = self._engine
        self._tell(
            "travel", lambda: travel.begin_again(engine, engine.trainer.setup.seed + 1 if seed is None else seed)
        )

    def branch(self, update: int, of: int | None = None, as_recorded: bool = False) -> None:
        """Train on from a recorded update of a branch (None: the present one); see `travel`. Raises ConfigError.

        The live knobs stay as they are now, or become those of the record; no branch is lost.
        """
        self.state_at(update, of)
        with self._engine.hooks.admit():
            self._tell("travel", lambda: travel.branch(self._engine, update, of, as_recorded))

    def gradients(self, on: bool) -> None:
        """Whether traces hold the gradient of the loss with respect to every signal."""
        self._driver.put("gradients", lambda: self._set_gradients(on))

    def status(self) -> dict[str, Any]:
        """Where it stands: the status header of the scope's wire format."""
        return {"run": self.id, **status(self._engine)}

    def curve(self, start: int = 0, branch: int | None = None) -> dict[str, np.ndarray]:
        """The points of a branch's curve from the start-th on; see Curve.columns. They never change within an epoch."""
        return self._engine.branches.find(branch).history.curve.columns(start)

    def records(self, branch: int | None = None) -> list[int]:
        """The updates of a branch (None: the present one) that can be looked at, and trained on from."""
        return self._engine.branches.find(branch).history.updates

    def record(self, update: int, gradients: bool | None = None, branch: int | None = None) -> Record:
        """The probe's trace at a recorded update, and the state. Raises ConfigError if there is none."""
        engine, state = self._engine, self.state_at(update, branch)
        setup = engine.branches.find(branch).setup
        engine.admission.prepare(lambda _: None)
        probe = engine.probe if setup is engine.probe.setup else Probe(setup)
        wanted = engine.gradients if gradients is None else gradients
        return Record(probe.trace(state, setup.layout.views(state.params), wanted), state)

    def episode(self, seed: int, length: int) -> Trace:
        """Another episode than the probe's, as the newest record does it. Raises ConfigError for a wrong length."""
        engine, state = self._engine, self.state_at(self.records()[-1])
        setup = engine.branches.now.setup
        engine.admission.prepare(lambda _: None)
        return probed(setup, state, seed, length)

    def subscribe(self, callback: Listener) -> Callable[[], None]:
        """Call `callback(kind)`, kind "status", "trace" or "phase", on the run's thread; returns how to stop that."""
        leave = self._engine.publisher.subscribe(callback)
        self._driver.put("show", self._engine.show)
        return leave

    def wants(self, on: bool) -> None:
        """Whether anybody who listens is ready for the next trace of the training: without, none is made."""
        self._engine.publisher.wanted = on

    def latest(self) -> tuple[int, Trace | None]:
        """The newest trace and its version; (0, None) before the first."""
        return self._engine.publisher.latest

    @property
    def shown(self) -> float:
        """When the newest trace was there, in seconds since 1970."""
        return self._engine.publisher.shown

    def phase(self) -> Mapping[str, Any] | None:
        """Where the update in slow motion is (see SlowMotion); None before the first."""
        return self._engine.publisher.phase

    def close(self, timeout: float = 10.0) -> None:
        """Stop training, save, and end the thread; the run can be found again by its id."""
        self._driver.close(timeout)

    def _tell(self, name: str, command: Callable[[], None]) -> None:
        """Leave a command for the run's thread."""
        if not self._driver.put(name, command):
            raise ConfigError(f"Run: want a run in memory, got {self.id}, which has gone to disk (open its page again)")

    def _go(self, command: Callable[[], None]) -> None:
        """Leave a command in place of the last start, pause or steps; steps that were not begun are never made."""
        with self._lock:
            self._steps = 0
            self._tell("go", command)

    def _change(self, name: str, value: Any) -> None:
        try:
            self._engine.change({name: value})
        finally:
            with self._lock:
                if self._pending.get(name) is value:  # else it was set once more
                    del self._pending[name]

    def _pause(self) -> None:
        if self._engine.active:
            self._engine.rest("paused")

    def _step(self) -> None:
        with self._lock:
            n, self._steps = self._steps, 0
        if n:  # else the step before was taken up late enough to make these too
            self._engine.step(n)

    def _until(self, what: str, updates: int | None, seconds: float | None) -> None:
        state = self._engine.trainer.state
        goals = {
            "solved": lambda: Until(),
            "updates": lambda: Until(False, state.update + int(updates or 0)),
            "seconds": lambda: Until(False, None, state.seconds + (seconds or 0)),
        }
        self._engine.go(goals[what]())

    def _set_gradients(self, on: bool) -> None:
        self._engine.gradients = bool(on)
        self._engine.show()

    def state_at(self, update: int, branch: int | None = None) -> TrainState:
        """The state of a recorded update (of a branch; None: the present one). Raises ConfigError with the nearest."""
        history = self._engine.branches.find(branch).history
        state = history.state(update)
        if state is None:
            near = min(history.updates, key=lambda other: abs(other - update))
            raise ConfigError(f"Run.record: want a recorded update, got {update} (the nearest is {near})")
        return state


def _want(where: str, value: Any, low: float, what: str) -> None:
    if not isinstance(value, int | float) or isinstance(value, bool) or not low <= value <= 1e9:
        raise ConfigError(f"Run.{where}: want a number from {low} ({what}), got {value!r:.40}")
