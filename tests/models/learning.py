"""Trainers of the real models, for the tests of what they learn."""

from __future__ import annotations

from memviz import catalog
from memviz.training.config import Until
from memviz.training.loop import drive
from memviz.training.recipe import plan
from memviz.training.trainer import Trainer
from tests.training.test_trainer import fixed


def trainer(model, task="copy", threads=1, **recipe):
    """A trainer of a recipe, on so many threads throughout."""
    made = plan({"model": model, "task": task, **recipe}, catalog.models(), catalog.tasks())
    made = Trainer(made.setup, made.config, threads=threads)
    made._pace = fixed(threads)
    return made


def solve(model, task="copy", updates=4000, **recipe):
    """A trainer that has gone on until it solved its task, or for so many updates."""
    made = trainer(model, task, **recipe)
    assert list(drive(made, Until(updates=updates)))
    return made
