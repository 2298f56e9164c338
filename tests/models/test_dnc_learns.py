"""The DNC under the trainer: it learns to copy, along its links, and threads change nothing."""

from __future__ import annotations

import numpy as np
import pytest

from memviz import catalog
from memviz.contracts.places import find
from memviz.contracts.trace import Trace
from memviz.training import checkpoint
from memviz.training.config import Until
from memviz.training.exam import Examiner
from memviz.training.loop import drive
from memviz.training.probe import Probe
from memviz.training.recipe import plan
from memviz.training.trainer import Trainer

SMALL = {"model": {"N": 13, "W": 7, "hidden": 20, "read_heads": 2}, "training": {"batch": 6, "chunk": 2, "lanes": 3}}


def trainer(threads=1, **recipe):
    made = plan({"model": "dnc", "task": "copy", **recipe}, catalog.models(), catalog.tasks())
    return Trainer(made.setup, made.config, threads=threads)


@pytest.fixture(scope="module")
def solved():
    made = trainer(seed=0)
    assert list(drive(made, Until(updates=4000)))
    return made


def test_the_lesson_is_solved_within_twenty_thousand_sequences(solved):
    assert solved.state.solved is not None
    assert solved.state.sequences <= 20_000
    assert solved.exam().wrong_bits == 0


def test_what_it_learnt_is_a_valid_trace_with_gradients(solved):
    trace = Probe(solved.setup).trace(solved.state, solved.params, gradients=True)
    assert trace.findings == ()
    stored = solved.setup.model.signals(solved.setup.model_config)
    assert {f"d_{name}" for name in stored} <= trace.signals.keys()
    assert trace.signals["link"].dims == ("t", "slot", "slot")
    said = [event.slot for event in trace.events if event.name == "write"]
    words = [slot for slot, phase in zip(said, trace.meta["phases"], strict=True) if phase == "present"]
    assert len(set(words)) == len(words)  # every word went to a slot of its own


def test_threads_change_no_bit():
    runs = [trainer(threads, seed=3, knobs=SMALL) for threads in (1, 3)]
    losses = [[each.advance().metrics["loss"] for _ in range(20)] for each in runs]
    for each in runs:
        each.close()
    assert losses[0] == losses[1]


def test_a_memory_carried_over_is_where_the_next_episode_starts():
    made = trainer(seed=3, knobs=SMALL)
    made.change(memory="carry")
    for _ in range(3):
        made.advance()
    memory = made.state.memory[0][0]
    assert np.isfinite(memory).all()
    assert np.abs(memory).max() > 0
    np.testing.assert_array_equal(Probe(made.setup).trace(made.state, made.params)["memory_start"], memory)


@pytest.mark.parametrize("name", ["lesson", "paper"])
def test_the_weights_that_ship_copy_without_a_mistake(name):
    shipped = checkpoint.load(find(f"models/dnc/weights/{name}.safetensors"))
    setup = shipped.setup(catalog.models()["dnc"], catalog.tasks()["copy"])
    state = shipped.state(setup)
    taken = Examiner(setup).take(setup.layout.views(state.params), state.update, None)
    assert taken.wrong_bits == 0


def test_the_recorded_episode_follows_the_links():
    trace = Trace.load(find("assets/recorded/dnc-copy-lesson.safetensors"))
    assert trace.findings == ()
    answers = [t for t, mask in enumerate(trace["mask"]) if mask]
    assert trace["read_mode"][answers[1:], :, 2].min() > 0.9  # forward, from the second word on
