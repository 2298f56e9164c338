"""Every model trains on every task, and the lessons that must be learned are."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from memviz import catalog
from memviz.training.config import Until
from memviz.training.loop import drive
from memviz.training.probe import Probe
from memviz.training.recipe import plan
from memviz.training.trainer import Trainer

PAIRS = list(itertools.product(catalog.models().names, catalog.tasks().names))


def trainer(model, task, seed):
    made = plan({"model": model, "task": task, "seed": seed}, catalog.models(), catalog.tasks())
    return Trainer(made.setup, made.config, threads=1)


@pytest.mark.parametrize(("model", "task"), PAIRS)
def test_every_model_trains_on_every_task_and_is_recorded_without_findings(model, task):
    made = trainer(model, task, 1)
    try:
        losses = [made.advance().metrics["loss"] for _ in range(12)]
        assert np.isfinite(losses).all()
        trace = Probe(made.setup).trace(made.state, made.params)
        assert trace.findings == ()
        assert trace.meta["scores"].keys() == made.setup.task.chance(made.setup.task_config).keys()
        assert made.exam().sequences > 0
    finally:
        made.close()


# Seeds that learn soonest here; a processor that rounds otherwise may take another path, so there is room
@pytest.mark.parametrize(("task", "seed"), [("repeat_copy", 10), ("associative_recall", 7), ("own", 1)])
def test_an_ntm_learns_the_lesson(task, seed):
    made = trainer("ntm", task, seed)
    try:
        assert list(drive(made, Until(updates=25_000)))
        assert made.state.solved is not None
        assert made.exam().wrong_bits == 0
    finally:
        made.close()
