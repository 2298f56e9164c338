"""Is the task solved? An exam is taken when the training loss is low; while polishing the best state is kept.

While polishing, states are chosen by the wrong bits of the exam, and among equals by the task's harder exam if it has
one (`Task.stretch`): a network that cannot do that one has thousands of wrong bits there, which say nothing.
"""

from __future__ import annotations

from dataclasses import replace

from memviz.contracts.model import Arrays
from memviz.training.exam import Examiner
from memviz.training.setup import Setup
from memviz.training.state import Exam, Solved, TrainState, Window

STRETCH_CHUNKS = 4  # of the harder exam: enough to tell states apart


class Judge:
    """Takes the exams of one setup; `state` is the trainer's, `params` its named views."""

    def __init__(self, setup: Setup) -> None:
        harder = setup.task.stretch
        self._examiner = Examiner(setup)
        self._stretch = harder and Examiner(replace(setup, task_config=harder(setup.task_config)))

    def exam(self, state: TrainState, params: Arrays) -> Exam:
        """The exam of the present parameters; taking it changes nothing but `state.exam`."""
        state.exam = self._examiner.take(params, state.update, state.carried)
        return state.exam

    def look(self, state: TrainState, params: Arrays) -> Exam | None:
        """The exam, if the loss since the last look allows to hope for it; notes when it was passed first."""
        window, state.window = state.window, Window()
        if state.solved is not None and (not state.config.polish or polished(state)):
            return None
        if window.nats / window.answered >= state.config.exam_below:
            return None
        exam = self.exam(state, params)
        if exam.passed and state.solved is None:
            state.solved = Solved(state.update, state.sequences, state.seconds)
        if state.solved is not None and state.config.polish:
            trial = self._trial(state, params, exam)
            if _better(trial, state.best_exam):
                state.best, state.best_exam = state.params.copy(), trial
        return exam

    def end_polish(self, state: TrainState, params: Arrays) -> None:
        """Put the best parameters back, unless the present ones are better still."""
        best, exam = state.best, state.best_exam
        if best is not None and not _better(self._trial(state, params, self.exam(state, params)), exam):
            state.params[:] = best
            self.exam(state, params)
        state.best = state.best_exam = None

    def _trial(self, state: TrainState, params: Arrays, exam: Exam) -> Exam:
        if self._stretch is None:
            return exam
        hard = self._stretch.take(params, state.update, state.carried, STRETCH_CHUNKS)
        return replace(hard, own_wrong=exam.wrong_bits)


def polished(state: TrainState) -> bool:
    """Whether the task is solved and the sequences to go on after that are over."""
    return state.solved is not None and state.sequences - state.solved.sequences >= state.config.polish


def _better(exam: Exam, than: Exam | None) -> bool:
    return than is None or _rank(exam) < _rank(than)


def _rank(exam: Exam) -> tuple[int, int, float]:
    return exam.own_wrong, exam.wrong_bits, exam.nats
