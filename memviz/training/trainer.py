"""One update after another: draw, gradient, clip, move; and now and then an exam. Knows no screen."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from time import perf_counter
from typing import Any

import numpy as np

from memviz.contracts.errors import DivergedError
from memviz.contracts.model import Arrays, has_memory
from memviz.contracts.trace import Trace
from memviz.training import optimizer, watch
from memviz.training.batch import Batch
from memviz.training.config import TrainConfig, rate_at
from memviz.training.exam import Examiner
from memviz.training.keys import mix
from memviz.training.lanes import Lanes, carried
from memviz.training.pace import Pace
from memviz.training.setup import Setup
from memviz.training.state import Exam, Solved, TrainState, Window
from memviz.training.workers import Workers

LN2 = math.log(2)
STRETCH_CHUNKS = 4  # of the harder exam: enough to tell states apart


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
    trace: Trace | None = None


class Trainer:
    """Advances a TrainState. All randomness follows from the seed and the update, nothing from the number of threads.

    `threads`: at most so many; None: as many as there are cores. How many are used is measured while training.
    """

    def __init__(
        self, setup: Setup, config: TrainConfig, state: TrainState | None = None, threads: int | None = None
    ) -> None:
        self._set_up(setup)
        self.state = TrainState.first(setup, config) if state is None else state.copy()
        self.params: Arrays = setup.layout.views(self.state.params)
        self._workers = Workers()
        self._threads = threads
        # called with "forward" before the gradient of an update, "gradient" after it, "update" after the move
        self.on_phase: Callable[[str, Trainer], None] | None = None
        self._build()

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
        self._set_up(setup)
        self.restore(TrainState.first(setup, self.state.config))

    def restore(self, state: TrainState) -> None:
        """Go on from a copy of `state`."""
        self.state = state.copy()
        self.params = self.setup.layout.views(self.state.params)
        self._build()

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
        exam = self._look() if state.window.sequences >= state.config.exam_every else None
        if state.best_exam is not None and self.polished():
            self._keep_best()
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
        state.smooth = watch.smoothed(state.smooth, self.loss)
        if not (math.isfinite(norm) and state.smooth < self._too_much):
            raise self._diverged(norm)
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
        self.state.exam = self._examiner.take(self.params, self.state.update, self._memory())
        return self.state.exam

    def polished(self) -> bool:
        """Whether the task is solved and the sequences to go on after that are over."""
        solved = self.state.solved
        return solved is not None and self.state.sequences - solved.sequences >= self.state.config.polish

    def _look(self) -> Exam | None:
        state, window = self.state, self.state.window
        state.window = Window()
        self._good, self._newest = self._newest, state.copy()  # good is what has trained on for one look more
        if state.solved is not None and (not state.config.polish or self.polished()):
            return None
        if window.nats / window.answered >= state.config.exam_below:
            return None
        exam = self.exam()
        if exam.passed and state.solved is None:
            state.solved = Solved(state.update, state.sequences, state.seconds)
        if state.solved is not None and state.config.polish and _better(trial := self._trial(exam), state.best_exam):
            state.best, state.best_exam = state.params.copy(), trial
        return exam

    def _trial(self, exam: Exam) -> Exam:
        """What states are chosen by while polishing: the harder exam if there is one, and the wrong bits of both."""
        if self._stretch is None:
            return exam
        hard = self._stretch.take(self.params, self.state.update, self._memory(), STRETCH_CHUNKS)
        return replace(hard, wrong_bits=hard.wrong_bits + exam.wrong_bits)

    def _keep_best(self) -> None:
        state, best = self.state, self.state.best_exam
        if best is not None and state.best is not None and not _better(self._trial(self.exam()), best):
            state.params[:] = state.best
            self.exam()
        state.best = state.best_exam = None

    def _memory(self) -> np.ndarray | None:
        """The memory (slot, word) that exams start from when memories are carried over."""
        return self.state.memory[0][0] if self.state.memory else None

    def _diverged(self, norm: float) -> DivergedError:
        state, lanes = self.state, self.lanes
        blocks = [name for name, view in self.setup.layout.views(lanes.sums[0]).items() if not np.isfinite(view).all()]
        what = (
            f"a loss of {state.smooth:.3g} nats per answer" if math.isfinite(norm) else "a gradient that is not finite"
        )
        error = watch.diverged(state.update + 1, self._good.update, what, state.config, blocks)
        self.restore(self._good)
        return error

    def _set_up(self, setup: Setup) -> None:
        self.setup, self._examiner, harder = setup, Examiner(setup), setup.task.stretch
        self._stretch = harder and Examiner(replace(setup, task_config=harder(setup.task_config)))

    def _build(self) -> None:
        """Make what depends on the batch, the carried memory and the optimizer."""
        state, setup = self.state, self.setup
        self.lanes = Lanes(setup, state.config, state.params)
        carry = state.config.memory == "carry" and has_memory(setup.model, setup.model_config)
        state.memory = carried(setup, self.lanes.batch.sizes, self.params, state.memory) if carry else []
        self._slots = [*state.slots.values(), optimizer.NOTHING][:3]
        self._too_much = watch.EXPLODED * watch.chance_loss(setup.task, setup.task.widths(setup.task_config)[1])
        self._pace = Pace(self.lanes.count, self._threads)
        self.loss, self._wrong = math.nan, 0
        self._good = self._newest = state.copy()


def _better(exam: Exam, than: Exam | None) -> bool:
    return than is None or (exam.wrong_bits, exam.nats) < (than.wrong_bits, than.nats)
