"""The real model under the trainer: it learns, and what is true of the stand-in is true of it."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from memviz import catalog
from memviz.training.config import Until
from memviz.training.loop import drive
from memviz.training.probe import Probe
from memviz.training.recipe import plan
from memviz.training.trainer import Trainer
from tests.training.test_trainer import fixed

SMALL = {"model": {"N": 13, "W": 7, "hidden": 20}, "training": {"batch": 6, "chunk": 2, "lanes": 3}}


def trainer(threads=1, **recipe):
    made = plan({"model": "ntm", "task": "copy", **recipe}, catalog.models(), catalog.tasks())
    made = Trainer(made.setup, made.config, threads=threads)
    made._pace = fixed(threads)
    return made


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
    assert trace.meta["scores"]["wrong_bits"] == 0
    stored = solved.setup.model.signals(solved.setup.model_config)
    assert {f"d_{name}" for name in stored} <= trace.signals.keys()
    slots = {
        event.slot for event in trace.events if event.name == "write" and trace.meta["phases"][event.t] == "present"
    }
    assert len(slots) == trace.meta["phases"].count("present")  # every word went to a slot of its own


def test_threads_and_neighbours_change_no_bit():
    wanted = [
        [each.advance().metrics["loss"] for _ in range(30)] for each in (trainer(seed=i, knobs=SMALL) for i in (1, 2))
    ]
    together = [None, None]

    def work(i):
        each = trainer(threads=2, seed=i + 1, knobs=SMALL)
        together[i] = [each.advance().metrics["loss"] for _ in range(30)]
        each.close()

    threads = [threading.Thread(target=work, args=(i,)) for i in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert together == wanted


def test_a_memory_carried_over_and_a_saved_one_are_where_the_episodes_start():
    made = trainer(seed=3, knobs=SMALL)
    made.change(memory="carry")
    for _ in range(3):
        made.advance()
    memory = made.state.memory[0][0]
    assert np.isfinite(memory).all()
    np.testing.assert_array_equal(Probe(made.setup).trace(made.state, made.params)["memory_start"], memory)
