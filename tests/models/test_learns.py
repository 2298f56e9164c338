"""The real models under the trainer: each solves its lesson, and what is true of the stand-in is true of them."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from memviz.training.probe import Probe
from tests.models.learning import solve, trainer

LESSONS = [  # model, task, seed, sequences that are enough
    ("ntm", "copy", 0, 20_000),
    ("dnc", "copy", 0, 20_000),
    ("mann", "copy", 4, 20_000),
    ("keyvalue", "recall", 0, 30_000),
    ("keyvalue", "recall", 1, 30_000),
]
SMALL = {"model": {"N": 13, "W": 7, "hidden": 20}, "training": {"batch": 6, "chunk": 2, "lanes": 3}}


@pytest.fixture(scope="module", params=LESSONS, ids=lambda lesson: f"{lesson[0]}-{lesson[2]}")
def lesson(request):
    model, task, seed, enough = request.param
    return solve(model, task, seed=seed), enough


@pytest.fixture
def solved(lesson):
    return lesson[0]


def test_the_lesson_is_solved_soon(lesson):
    solved, enough = lesson
    assert solved.state.solved is not None
    assert solved.state.sequences <= enough
    assert solved.exam().wrong_bits == 0


def test_what_it_learnt_is_a_valid_trace_with_gradients(solved):
    trace = Probe(solved.setup).trace(solved.state, solved.params, gradients=True)
    assert trace.findings == ()
    assert trace.meta["scores"]["wrong_bits"] == 0
    stored = solved.setup.model.signals(solved.setup.model_config)
    assert {f"d_{name}" for name in stored} <= trace.signals.keys()


@pytest.mark.parametrize("lesson", LESSONS[:2], indirect=True, ids=["ntm", "dnc"])
def test_every_word_goes_to_a_slot_of_its_own(solved):
    trace = Probe(solved.setup).trace(solved.state, solved.params)
    phases = trace.meta["phases"]
    slots = {event.slot for event in trace.events if event.name == "write" and phases[event.t] == "present"}
    assert len(slots) == phases.count("present")


@pytest.mark.parametrize("model", ["ntm", "dnc"])
def test_threads_and_neighbours_change_no_bit(model):
    wanted = [
        [each.advance().metrics["loss"] for _ in range(30)]
        for each in (trainer(model, seed=i, knobs=SMALL) for i in (1, 2))
    ]
    together = [None, None]

    def work(i):
        each = trainer(model, threads=2 + i, seed=i + 1, knobs=SMALL)
        together[i] = [each.advance().metrics["loss"] for _ in range(30)]
        each.close()

    threads = [threading.Thread(target=work, args=(i,)) for i in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert together == wanted


@pytest.mark.parametrize("model", ["ntm", "dnc"])
def test_a_memory_carried_over_is_where_the_next_episode_starts(model):
    made = trainer(model, seed=3, knobs=SMALL)
    made.change(memory="carry")
    for _ in range(3):
        made.advance()
    memory = made.state.memory[0][0]
    assert np.isfinite(memory).all()
    assert np.abs(memory).max() > 0
    np.testing.assert_array_equal(Probe(made.setup).trace(made.state, made.params)["memory_start"], memory)
