"""A training of the command line that ends while it polishes: by its budget, or by whoever stops it."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from memviz.cli.exits import DONE, INTERRUPTED
from memviz.cli.train import follow
from memviz.training import checkpoint
from memviz.training.config import Until
from tests.training import stand_in


class Job:
    """A job as far as `follow` knows it."""

    until = Until(False, 400)

    def __init__(self, out):
        self.out = out

    def part(self, progress):
        return None

    def standing(self):
        return "saved"

    def save(self, trainer):
        checkpoint.save(self.out, trainer.setup, trainer.state)


class Report:
    """Nobody reads it, but nobody closes it either."""

    unread = False

    def news(self, part, facts):
        pass

    def event(self, name, **facts):
        pass


class Stopped:
    """Asked to stop as soon as there is a best state."""

    def __init__(self, trainer):
        self._trainer = trainer

    @property
    def asked(self):
        return self._trainer.state.best is not None


@pytest.mark.parametrize("interrupted", [False, True])
def test_a_budget_ends_with_the_best_state_and_an_interrupt_keeps_what_is_needed_to_go_on(tmp_path, interrupted):
    trainer, job = stand_in.trainer(polish=10**6), Job(tmp_path / "checkpoint")
    stopping = Stopped(trainer) if interrupted else SimpleNamespace(asked=False)
    code, _ = follow(trainer, job, Report(), stopping)
    assert code == (INTERRUPTED if interrupted else DONE)
    state = checkpoint.load(job.out).state(trainer.setup)
    assert (state.best is not None) == interrupted
    assert state.exam.update == state.update
    np.testing.assert_array_equal(state.params, trainer.state.params)
    assert interrupted or trainer.exam().passed
