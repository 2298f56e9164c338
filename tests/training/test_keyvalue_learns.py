"""The key-value memory under the trainer: it learns recall with fewer slots than steps, and what ships shows it."""

from __future__ import annotations

import numpy as np
import pytest

from memviz import catalog
from memviz.contracts.places import find
from memviz.contracts.trace import Trace
from memviz.training.config import Until
from memviz.training.loop import drive
from memviz.training.recipe import plan
from memviz.training.trainer import Trainer
from tests.training.test_trainer import fixed


def solve(seed, **training):
    recipe = {"model": "keyvalue", "task": "recall", "seed": seed, "knobs": {"training": training}}
    made = plan(recipe, catalog.models(), catalog.tasks())
    made = Trainer(made.setup, made.config, threads=1)
    made._pace = fixed(1)
    assert list(drive(made, Until(updates=8000)))
    return made


@pytest.mark.parametrize("seed", [0, 1])
def test_the_lesson_is_solved_within_thirty_thousand_sequences(seed):
    made = solve(seed)
    assert made.state.solved is not None
    assert made.state.sequences <= 30_000
    assert made.exam().wrong_bits == 0


def test_it_is_solved_too_where_the_memory_is_carried_from_episode_to_episode():
    made = solve(1, memory="carry")
    assert made.state.solved is not None
    items = made.state.memory[0][:, :, 2 * made.setup.model_config.W]
    assert (items >= 0).all()  # every slot of every carried memory is in use


def test_the_recorded_episode_answers_right_and_gives_up_what_nobody_asks_for():
    trace = Trace.load(find("assets/recorded/keyvalue-recall-lesson.safetensors"))
    asked = trace.arrays["mask"] > 0
    says, right = (trace.arrays[name][asked].argmax(-1) for name in ("output", "target"))
    np.testing.assert_array_equal(says, right)
    read = {event.item for event in trace.events if event.name == "read" and asked[event.t]}
    given_up = {event.item for event in trace.events if event.name == "evict"}
    assert given_up
    assert not read & given_up
