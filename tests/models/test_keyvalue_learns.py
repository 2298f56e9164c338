"""The key-value memory carried from episode to episode, and what ships: fewer slots than steps are enough."""

from __future__ import annotations

import numpy as np

from memviz.contracts.places import find
from memviz.contracts.trace import Trace
from tests.models.learning import solve


def test_it_is_solved_too_where_the_memory_is_carried_from_episode_to_episode():
    made = solve("keyvalue", "recall", 8000, seed=1, knobs={"training": {"memory": "carry"}})
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
