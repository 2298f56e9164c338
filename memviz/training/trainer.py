"""One update after another: draw, gradient, clip, move; and now and then an exam. Knows no screen."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from time import perf_counter
from typing import Any

from memviz.contracts.model import Arrays, has_memory
from memviz.training import optimizer
from memviz.training.batch import Batch
from memviz.training.config import TrainConfig, rate_at
from memviz.training.judge import Judge, polished
from memviz.training.keys import mix
from memviz.training.lanes import Lanes, carried
from memviz.training.pace import Pace
from memviz.training.setup import Setup
from memviz.training.state import Exam, TrainState
from memviz.training.watch import Watch
from memviz.training.workers import Workers

LN2 = math.log(2)


@dataclass(frozen=True, slots=True)
class Progress:
    """One update's news. `metrics`: loss (nats per answer), bits_per_sequence, wrong_bits (both per sequence, over the
    update's own episodes), norm and norm_clipped (the gradient's, before and after the clip).
    """

    update: int
    sequences: int
    seconds: float
    metrics: Mapping[str, float]
    exam: Exam | None = None  # taken right after this update


class Trainer:
    """Advances a TrainState. All randomness follows from the seed and the update, nothing from the number of threads.

    `threads`: at most so many; None: as many as there are cores. How many are used is measured while training.
    """

    def __init__(
        self, setup: Setup, config: TrainConfig, state: TrainState | None = None, threads: int | None = None
    ) -> None:
        self.setup, self._judge = setup, Judge(setup)
        self.state = TrainState.first(setup, config) if state is None else state.copy()
        self.params: Arrays = setup.layout.views(self.state.params)
        self._workers = Workers()
        self._threads = threads
        # called with "forward" before the gradient of an update, "gradient" after it, "update" after the move
        self.on_phase: Callable[[str, Trainer], None] | None = None
        self._build()
        self._watch = Watch(setup, self.state)

    def close(self) -> None:
        """End the worker threads."""
        self._workers.close()

    def change(self, **values: Any) -> None:
        """Change rate, batch, clip or memory before the next update, and log it. Raises ConfigError."""
        before = self.state.config
        self.state.change(values)
        if (before.batch, before.memory) != (self.state.config.batch, self.state.config.memory):
            self._build()

    def begin(self, setup: Setup) -> None:
        """Start again at update 0 with the settings as they are; the setup may have another seed or memory."""
        self.restore(TrainState.first(setup, self.state.config), setup)

    def restore(self, state: TrainState, setup: Setup | None = None) -> None:
        """Go on from a copy of `state`, with another seed or memory if a setup is given."""
        if setup is not None and setup is not self.setup:
            self.setup, self._judge = setup, Judge(setup)
        self.state = state.copy()
        self.params = self.setup.layout.views(self.state.params)
        self._build()
        self._watch = Watch(self.setup, self.state)  # a change of the batch keeps the good state that it knows

    def allow(self, threads: int) -> None:
        """Use at most so many threads from now on."""
        self._threads = threads
        self._pace.allow(self.lanes.count, threads)

    def advance(self) -> Progress:
        """One update, and an exam when one is due. Raises DivergedError, with the last good state put back."""
        begun = perf_counter()
        begun += self._phase("forward")
        self.gradient()
        begun += self._phase("gradient")
        metrics = self.apply()
        begun += self._phase("update")
        state = self.state
        exam = None
        if state.window.sequences >= state.config.exam_every:
            self._watch.look(state)
            exam = self._judge.look(state, self.params)
        if polished(state):
            self.end_polish()
        state.seconds += perf_counter() - begun
        return Progress(state.update, state.sequences, state.seconds, metrics, exam)

    def next_batch(self) -> Batch:
        """The episodes of the next update, drawn into the buffers that it will draw them into again."""
        self.lanes.batch.draw(mix(self.setup.seed, self.state.update))
        return self.lanes.batch

    def _phase(self, name: str) -> float:
        """Tell `on_phase`, and return the seconds that took, which are none of training's."""
        if self.on_phase is None:
            return 0.0
        begun = perf_counter()
        self.on_phase(name, self)
        return perf_counter() - begun

    def gradient(self) -> float:
        """The first half of an update: the gradient lies in `lanes.sums`. Returns the loss, nats per answer."""
        begun = perf_counter()
        state, threads = self.state, self._pace.choose()
        key = mix(self.setup.seed, state.update)
        nats, self._wrong = self.lanes.compute(key, state.memory, self._workers, threads)
        answered = self.lanes.batch.answered
        self.loss = nats / answered
        self._pace.note(perf_counter() - begun, answered)
        return self.loss

    def block_norms(self) -> list[tuple[str, float]]:
        """Between the halves: the length of the gradient of every parameter block, before any clip."""
        return self.setup.layout.norms(self.lanes.sums.sum(axis=0))

    def apply(self) -> dict[str, float]:
        """The second half: sum the lanes, clip, move the parameters. Returns the metrics of `Progress`."""
        state, config, lanes = self.state, self.state.config, self.lanes
        since = None if state.solved is None else state.sequences - state.solved.sequences
        settings = optimizer.settings(config, rate_at(config, since), state.update + 1)
        norm, clipped = optimizer.apply(state.params, lanes.sums, *self._slots, *settings)
        if not self._watch.sane(state, self.loss, norm):
            error = self._watch.error(state, norm, lanes.sums[0])
            self.restore(self._watch.good)
            raise error
        state.update += 1
        state.sequences += config.batch
        window, answered = state.window, lanes.batch.answered
        window.nats += self.loss * answered
        window.answered += answered
        window.sequences += config.batch
        return {
            "loss": self.loss,
            "bits_per_sequence": self.loss * answered / (LN2 * config.batch),
            "wrong_bits": self._wrong / config.batch,
            "norm": norm,
            "norm_clipped": clipped,
        }

    def exam(self) -> Exam:
        """The exam of the present parameters; taking it changes nothing but `state.exam`."""
        return self._judge.exam(self.state, self.params)

    def end_polish(self) -> None:
        """Put the best state of a polish back, if one is under way; nothing can go on with it then."""
        if self.state.best is not None:
            self._judge.end_polish(self.state, self.params)

    def polished(self) -> bool:
        """Whether the task is solved and the sequences to go on after that are over."""
        return polished(self.state)

    def _build(self) -> None:
        """Make what depends on the batch, the carried memory and the optimizer."""
        state, setup = self.state, self.setup
        self.lanes = Lanes(setup, state.config, state.params)
        carry = state.config.memory == "carry" and has_memory(setup.model, setup.model_config)
        state.memory = carried(setup, self.lanes.batch.sizes, self.params, state.memory) if carry else []
        self._slots = [*state.slots.values(), optimizer.NOTHING][:3]
        self._pace = Pace(self.lanes.count, self._threads)
        self.loss, self._wrong = math.nan, 0
