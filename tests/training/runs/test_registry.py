"""A recipe becomes a run that obeys its commands and can be looked at."""

from __future__ import annotations

import hashlib
import threading

import numpy as np
import pytest

from memviz.contracts.errors import BackendError, ConfigError
from memviz.training.recipe import plan
from memviz.ui.desk import Desk
from memviz.ui.live.fingerprint import compare, recipe_of
from tests.training import stand_in
from tests.training.served import MODELS, RECIPE, TASKS, WAIT, at_rest, branch, carried_out, registry, until


def test_a_recipe_becomes_a_run_that_solves_its_task(runs):
    owner = hashlib.sha256(b"secret").hexdigest()
    run = runs.create(RECIPE, owner)
    until(run, lambda status: status["state"] == "solved")
    assert run.owner == owner
    assert runs.get(run.id) is run
    status = run.status()
    assert status["run"] == run.id
    assert status["seed"] == 3
    assert run.records()[-1] == status["update"]
    assert run.curve()["update"][-1] == status["update"]
    version, trace = run.latest()
    assert version > 0
    assert trace.meta["update"] == status["update"]


def test_the_same_recipe_gives_the_same_run_even_beside_another(runs):
    first, second = (runs.create(RECIPE) for _ in range(2))
    for run in (first, second):
        until(run, at_rest)
    for name, column in first.curve().items():
        np.testing.assert_array_equal(second.curve()[name], column)


def test_commands_reach_the_run_and_are_logged(runs):
    run = runs.create(RECIPE, start=False)
    run.step(3)
    until(run, lambda status: status["update"] == 3 and at_rest(status))
    run.set(rate=0.01, batch=4)
    run.step()
    until(run, lambda status: status["update"] == 4 and at_rest(status))
    assert run.status()["changes"] == [[3, {"rate": 0.01}], [3, {"batch": 4}]]
    run.branch(2)
    run.pause()
    carried_out(run)
    assert (run.epoch, run.status()["state"]) == (1, "paused")
    assert run.status()["changes"] == [[2, {"rate": 0.01, "batch": 4}]]  # the knobs stay as the person has set them
    run.rewind()
    until(run, lambda status: status["update"] == 0)
    run.reseed()
    until(run, lambda status: status["seed"] == 4)
    run.memory("carry")
    until(run, lambda status: status["knobs"]["memory"] == "carry")
    run.until("updates", updates=5)
    until(run, lambda status: status["state"] == "finished")
    assert run.status()["update"] == 5


def test_two_steps_asked_for_at_once_are_both_made(runs):
    run = runs.create(RECIPE, start=False)
    run.step()
    run.step()
    until(run, lambda status: status["update"] == 2 and at_rest(status))


def test_commands_that_make_no_sense_are_refused_at_once(runs):
    run = runs.create(RECIPE, start=False)
    for wrong in (
        lambda: run.set(rate=-1),
        lambda: run.set(optimizer="adam"),
        lambda: run.step(0),
        lambda: run.until("bored"),
        lambda: run.until("updates"),
        lambda: run.speed(0),
        lambda: run.branch(77),
        lambda: run.record(77),
        lambda: run.memory("forget"),
    ):
        with pytest.raises(ConfigError, match=r"want"):
            wrong()


def test_a_record_holds_the_trace_of_its_update_and_its_gradients_on_request(runs):
    run = runs.create(RECIPE)
    until(run, at_rest)
    first, last = run.record(0), run.record(run.records()[-1])
    np.testing.assert_array_equal(first.trace["input"], last.trace["input"])
    assert first.trace.meta["update"] == 0
    assert first.trace.meta["scores"]["wrong_bits"] > last.trace.meta["scores"]["wrong_bits"] == 0
    assert "d_memory" in run.record(0, gradients=True).trace.arrays
    run.gradients(True)
    until(run, lambda status: status["gradients"])
    assert "d_memory" in run.record(0).trace.arrays


def test_two_threads_that_ask_for_a_run_on_disk_get_the_same_one(tmp_path):
    server = registry(tmp_path)
    run = server.create(RECIPE, start=False)
    server.close()
    again, found = registry(tmp_path), []
    meet = threading.Barrier(4)

    def ask():
        meet.wait()
        found.append(again.get(run.id))

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(WAIT)
    assert len(found) == 4
    assert len({id(one) for one in found}) == 1
    assert again.runs() == found[:1]
    again.close()


def test_two_threads_that_need_the_apps_registry_first_make_one(monkeypatch):
    made, entered, release = [], threading.Event(), threading.Event()

    class Slow:
        def __init__(self, *catalogs):
            made.append(self)
            entered.set()
            release.wait(WAIT)

    monkeypatch.setattr("memviz.training.runs.registry.Registry", Slow)
    desk, found = Desk(), []
    threads = [threading.Thread(target=lambda: found.append(desk.registry)) for _ in range(2)]
    threads[0].start()
    assert entered.wait(WAIT)
    threads[1].start()
    threads[1].join(0.2)  # time enough to make a second one, were there no lock
    release.set()
    for thread in threads:
        thread.join(WAIT)
    assert found == made * 2


def test_a_recipe_stops_where_its_run_was_stopped_and_has_come_to_the_same(runs):
    run = runs.create({**RECIPE, "until": {"solved": False}}, start=False)
    run.step(3)
    until(run, lambda status: status["update"] == 3 and at_rest(status))
    run.set(rate=0.01, batch=4)
    run.step(4)
    until(run, lambda status: status["update"] == 7 and at_rest(status))
    branch(run, 6)
    last = run.status()["update"] + 5
    run.step(5)
    until(run, lambda status: status["update"] == last and at_rest(status))
    again = runs.create(recipe_of(run))
    until(again, lambda status: status["state"] == "finished")
    assert again.records()[-1] == again.status()["update"] == last
    np.testing.assert_array_equal(again.record(last).state.params, run.record(last).state.params)
    assert compare(again) == "The same result as in the link, bit for bit."


def test_a_recipe_that_cannot_be_carried_out_is_refused():
    for recipe, error in (
        ({"model": "double"}, ConfigError),
        ({**RECIPE, "preset": "huge"}, ConfigError),
        ({**RECIPE, "knobs": {"view": {}}}, ConfigError),
        ({**RECIPE, "knobs": {"model": {"N": 10**9}}}, ConfigError),
        ({**RECIPE, "seed": -1}, ConfigError),
        ({**RECIPE, "until": {"bored": True}}, ConfigError),
        ({**RECIPE, "device": "abacus"}, BackendError),
    ):
        with pytest.raises(error, match="want"):
            plan(recipe, MODELS, TASKS)


def test_a_recipe_lays_its_knobs_over_its_presets_and_the_outputs_follow_the_task():
    made = plan({**RECIPE, "knobs": {"model": {"W": 5}, "training": {"rate": 0.5}}}, MODELS, TASKS)
    assert made.setup.model_config == stand_in.DoubleConfig(N=2, W=5)
    assert (made.config.rate, made.config.batch, made.config.exam_every) == (0.5, 6, 30)
    assert made.setup.task_config.width == 3


def test_another_episode_is_done_as_the_newest_record_does_it(runs):
    run = runs.create(RECIPE)
    until(run, at_rest)
    short, long = run.episode(5, 2), run.episode(5, 4)
    assert short.steps < long.steps
    assert short.meta["probe_seed"] == 5
    assert short.meta["update"] == run.records()[-1]
    assert not short.findings
