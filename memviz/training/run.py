"""A training that goes on in the background: commands in by a mailbox, the newest trace and the status out.

One thread of its own takes turns of the engine. It looks into the mailbox after at least 10 ms of updates, or between
two updates when the brake is on. What viewers see never paces it: a trace is made at most ten times a second, only
while somebody is subscribed, and for at most a twentieth of the time.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from memviz.contracts.errors import ConfigError
from memviz.contracts.trace import Trace
from memviz.training.config import Until, change
from memviz.training.engine import Engine
from memviz.training.history import Record
from memviz.training.publish import Listener
from memviz.training.status import status

log = logging.getLogger(__name__)
SLOWEST = 0.05  # updates a second


class Run:
    """The handle of one training; every method may be called from any thread and returns at once.

    A command is carried out at the next look into the mailbox; a later one of the same name replaces it. Commands that
    cannot be carried out raise ConfigError here and now.
    """

    def __init__(self, id: str, engine: Engine, owner: str = "", recipe: Mapping[str, Any] | None = None) -> None:
        self.id = id
        self.owner = owner  # the SHA-256 of the secret of the browser that started it, in hex
        self.recipe = dict(recipe or {})
        self._engine = engine
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._closing = False
        self._steps = 0  # asked for and not begun

    @property
    def epoch(self) -> int:
        """Grows when the curve and the records were rewritten (rewind, reseed, branch): read the curve from 0 again."""
        return self._engine.epoch

    @property
    def busy(self) -> bool:
        """Whether it trains, waits for its turn, or was told something that it has not carried out yet."""
        return self._engine.active or self._engine.mailbox.holds_other_than("show")

    @property
    def watched(self) -> bool:
        """Whether anybody is subscribed."""
        return self._engine.publisher.watched

    def start(self) -> None:
        """Train until the goal it was made with."""
        self._put("go", self._engine.go)

    resume = start

    def pause(self) -> None:
        """Stop after the update it is at; the state is kept."""
        self._put("go", self._pause)

    def step(self, n: int = 1) -> None:
        """Make n updates, then pause."""
        _want("step.n", n, 1, "an update or more")
        with self._lock:
            self._steps += n
        self._put("go", self._step)

    def until(self, what: str, updates: int | None = None, seconds: float | None = None) -> None:
        """Train until "solved", or for so many "updates" or "seconds" more."""
        if what not in ("solved", "updates", "seconds"):
            raise ConfigError(f"Run.until: want solved, updates or seconds, got {what!r:.40} (name the stop)")
        if what != "solved":
            _want(f"until.{what}", updates if what == "updates" else seconds, 0, "how many more")
        self._put("go", lambda: self._until(what, updates, seconds))

    def set(self, **values: Any) -> None:
        """Change rate, batch, clip or memory while it trains; logged by update. Raises ConfigError."""
        change(self._engine.trainer.state.config, values)
        for name, value in values.items():
            self._put(f"set {name}", lambda name=name, value=value: self._engine.change({name: value}))

    def memory(self, mode: str) -> None:
        """What an episode starts with: "reset" memory, or "carry" over the last one's."""
        self.set(memory=mode)

    def speed(self, per_second: float | None) -> None:
        """Brake to so many updates a second (up to 2: in slow motion); None: flat out."""
        if per_second is not None:
            _want("speed.per_second", per_second, SLOWEST, "updates a second, or None for flat out")
        self._put("speed", lambda: self._engine.brake(per_second))

    def rewind(self) -> None:
        """Back to the same initial weights, with the settings as they are now."""
        self._put("travel", self._engine.begin_again)

    def reseed(self, seed: int | None = None) -> None:
        """Back to update 0 with other initial weights and episodes: by `seed`, else by the next one."""
        self._put(
            "travel", lambda: self._engine.begin_again(self._engine.trainer.setup.seed + 1 if seed is None else seed)
        )

    def branch(self, update: int) -> None:
        """Train on from a recorded update; what came after it is forgotten. Raises ConfigError if it has no record."""
        self._state(update)
        self._put("travel", lambda: self._engine.branch(update))

    def gradients(self, on: bool) -> None:
        """Whether traces hold the gradient of the loss with respect to every signal."""
        self._put("gradients", lambda: self._set_gradients(on))

    def status(self) -> dict[str, Any]:
        """Where it stands: the status header of the scope's wire format."""
        return {"run": self.id, **status(self._engine)}

    def curve(self, start: int = 0) -> dict[str, np.ndarray]:
        """The points of the curve from the start-th on; see Curve.columns. Points never change within an epoch."""
        return self._engine.history.curve.columns(start)

    def records(self) -> list[int]:
        """The updates that can be looked at, and trained on from."""
        return self._engine.history.updates

    def record(self, update: int, gradients: bool | None = None) -> Record:
        """The probe's trace at a recorded update, and the state. Raises ConfigError if there is none."""
        engine, state = self._engine, self._state(update)
        engine.gate.prepare(lambda _: None)
        params = engine.trainer.setup.layout.views(state.params)
        wanted = engine.gradients if gradients is None else gradients
        return Record(engine.probe.trace(state, params, wanted), state)

    def subscribe(self, callback: Listener) -> Callable[[], None]:
        """Call `callback(kind)`, kind "status", "trace" or "phase", on the run's thread; returns how to stop that."""
        leave = self._engine.publisher.subscribe(callback)
        self._put("show", self._engine.show)
        return leave

    def latest(self) -> tuple[int, Trace | None]:
        """The newest trace and its version; (0, None) before the first."""
        return self._engine.publisher.latest

    def phase(self) -> Mapping[str, Any] | None:
        """Where the update in slow motion is (see SlowMotion); None before the first."""
        return self._engine.publisher.phase

    def close(self, timeout: float = 10.0) -> None:
        """Stop training, save, and end the thread; the run can be found again by its id."""
        with self._lock:
            thread, self._closing = self._thread, True
        self._engine.mailbox.wake()
        if thread is not None:
            thread.join(timeout)

    def _put(self, name: str, command: Callable[[], None]) -> None:
        self._engine.mailbox.put(name, command)
        with self._lock:
            if self._thread is None and not self._closing:
                self._thread = threading.Thread(target=self._serve, name=f"memviz-run-{self.id}", daemon=True)
                self._thread.start()

    def _serve(self) -> None:
        engine = self._engine
        while not self._closing:
            try:
                for command in engine.mailbox.take():
                    command()
                wait = engine.turn()
            except ConfigError as error:
                engine.say(engine.state, str(error))
                wait = 0.0
            except Exception as error:
                log.exception("run %s failed", self.id)
                engine.fail(f"{type(error).__name__}: {error} (details are in the log)")
                wait = None
            if wait != 0.0:
                engine.mailbox.wait(wait)
        engine.close()

    def _pause(self) -> None:
        with self._lock:
            self._steps = 0
        if self._engine.active:
            self._engine.rest("paused")

    def _step(self) -> None:
        with self._lock:
            n, self._steps = self._steps, 0
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

    def _state(self, update: int) -> Any:
        state = self._engine.history.state(update)
        if state is None:
            near = min(self.records(), key=lambda other: abs(other - update))
            raise ConfigError(f"Run.record: want a recorded update, got {update} (the nearest is {near})")
        return state


def _want(where: str, value: Any, low: float, what: str) -> None:
    if not isinstance(value, int | float) or isinstance(value, bool) or not low <= value <= 1e9:
        raise ConfigError(f"Run.{where}: want a number from {low} ({what}), got {value!r:.40}")
