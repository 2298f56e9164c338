"""What a row tells of a training that its budget has ended."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from memviz.study.cell import Cell
from memviz.study.row import trained
from memviz.training.config import Until
from tests.training import stand_in


class Ticking:
    """A trainer whose every update takes a second."""

    def __init__(self, **knobs):
        self._trainer = stand_in.trainer(**knobs)

    def __getattr__(self, name):
        return getattr(self._trainer, name)

    def advance(self):
        seconds = self.state.seconds
        progress = self._trainer.advance()
        self.state.seconds = seconds + 1
        return progress


def row(until, **knobs):
    """The row of the stand-in, and the trainer after it."""
    trainer = Ticking(**knobs)
    cell = Cell("a", {"seed": 0, "until": {"seconds": until.seconds}}, episodes=1)
    found = trained(cell, SimpleNamespace(until=until, changes=()), trainer, lambda news: None)
    return found, trainer


@pytest.mark.parametrize(
    ("until", "polish", "solved", "cut"),
    [
        (Until(seconds=400), 10**6, True, True),
        (Until(seconds=5), 10**6, False, True),
        (Until(seconds=4000), 600, True, False),
        (Until(seconds=4000), 0, True, False),
        (Until(True, 400, 4000), 10**6, True, False),
        (Until(False, 400, 400), 0, True, False),
    ],
)
def test_what_the_clock_ended_is_cut_and_a_polish_is_too(until, polish, solved, cut):
    found, trainer = row(until, polish=polish)
    assert (found["solved"], found["cut"]) == (solved, cut)
    assert found.get("clock") == (until.seconds if cut else None)
    assert trainer.state.best is None


def test_a_row_is_of_the_best_state_of_a_polish_that_its_budget_ended():
    found, trainer = row(Until(updates=400), polish=10**6)
    assert found["wrong_bits"] == trainer.exam().wrong_bits / trainer.exam().sequences == 0
