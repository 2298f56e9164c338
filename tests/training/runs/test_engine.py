"""One turn after another: goals, steps, the brake, what goes wrong."""

from __future__ import annotations

import numpy as np
import pytest

from memviz.contracts.errors import ConfigError
from memviz.training.config import Until
from memviz.training.loop import drive
from memviz.training.runs.status import status
from tests.training import stand_in
from tests.training.stand_in import work


def test_it_trains_until_its_goal_and_says_so():
    engine = stand_in.engine(goal=Until(updates=2000))
    assert engine.turn() is None
    engine.go()
    work(engine)
    now = status(engine)
    assert (now["state"], now["solved_at"]) == ("solved", now["update"])
    assert now["exam"]["wrong_bits"] == 0
    assert now["metrics"]["bits_per_sequence"] < now["metrics"]["chance_bits"] / 10
    assert now["records"][0] == 0
    assert now["records"][-1] == now["update"]


def test_while_it_comes_to_rest_its_speed_is_the_one_measured_last():
    heard = []
    engine = stand_in.engine(stand_in.StillClock(tick=0.01), goal=Until(updates=2000))
    engine.publisher.subscribe(lambda kind: heard.append(status(engine)))
    engine.go()
    work(engine)
    training = [said["per_second"] for said in heard if said["state"] == "training"]
    assert training[-1] > 0
    assert (heard[-1]["state"], heard[-1]["per_second"]) == ("solved", 0)


def test_a_solved_task_is_trained_on_without_end():
    engine = stand_in.engine(goal=Until(updates=2000))
    engine.go()
    work(engine)
    solved = engine.trainer.state.update
    engine.go()
    work(engine, turns=5)
    assert engine.active
    assert engine.trainer.state.update > solved


def test_steps_end_paused_and_a_budget_finished():
    engine = stand_in.engine(goal=Until(False, updates=5))
    engine.step(2)
    work(engine)
    assert (engine.state, engine.trainer.state.update) == ("paused", 2)
    engine.go(Until(False, updates=5))
    work(engine)
    assert (engine.state, engine.trainer.state.update) == ("finished", 5)


def test_a_budget_that_ends_a_polish_leaves_its_path_alone_and_says_where_its_best_state_is_recorded():
    engine, plain = stand_in.engine(polish=10**6), stand_in.trainer(polish=10**6)
    engine.go(Until(False, updates=410))
    work(engine)
    list(drive(plain, Until(False, updates=410)))
    np.testing.assert_array_equal(engine.trainer.state.params, plain.state.params)
    best = engine.trainer.state.best_exam.update
    assert best < 410
    np.testing.assert_array_equal(engine.history.state(best).params, engine.trainer.state.best)
    assert engine.message == f"Cut short while polishing: its best state is recorded at u = {best}."
    assert engine.state == "finished"
    engine.step(1)
    work(engine)
    assert (engine.state, engine.message) == ("paused", "")
    engine.go(Until(updates=420))
    work(engine)
    assert (engine.state, engine.message[:9]) == ("solved", "Cut short")


def test_after_single_steps_it_goes_on_towards_the_goal_it_had():
    engine = stand_in.engine(goal=Until(False, updates=5))
    engine.step(1)
    work(engine)
    engine.go()
    work(engine)
    assert (engine.state, engine.trainer.state.update) == ("finished", 5)


def test_flat_out_it_works_ten_milliseconds_between_two_looks():
    clock = stand_in.StillClock(tick=0.001)
    engine = stand_in.engine(clock)
    engine.go()
    before = clock.time
    assert engine.turn() == 0.0
    assert clock.time - before >= 0.010
    assert engine.trainer.state.update > 5


def test_the_brake_spaces_updates_and_can_be_let_go():
    clock = stand_in.StillClock()
    engine = stand_in.engine(clock)
    engine.slow_down(4.0)
    engine.go()
    times = []
    for _ in range(30):
        before = engine.trainer.state.update
        wait = engine.turn()
        if engine.trainer.state.update > before:
            times.append(clock.time)
        clock.time += wait
    assert engine.trainer.state.update == len(times)
    assert np.allclose(np.diff(times), 0.25)
    clock.tick = 0.001
    engine.slow_down(None)
    assert engine.turn() == 0.0


def test_a_recipe_changes_knobs_at_its_updates_until_a_person_takes_over():
    engine = stand_in.engine(goal=Until(False, updates=12), changes=((3, {"rate": 0.01}), (9, {"rate": 0.02})))
    engine.go(Until(False, updates=5))
    work(engine)
    assert engine.trainer.state.config.rate == 0.01
    engine.change({"batch": 4})
    engine.go(Until(False, updates=12))
    work(engine)
    assert engine.trainer.state.changes == [(3, {"rate": 0.01}), (5, {"batch": 4})]


def test_a_diverged_run_keeps_the_last_good_state_and_what_to_try():
    engine = stand_in.engine(rate=10.0, clip=0.0, optimizer="rmsprop_torch", keep=2.0)
    engine.go()
    work(engine)
    assert engine.state == "diverged"
    assert "try a rate of" in engine.message
    assert engine.trainer.state.update == 0
    assert len(engine.history.curve) == 0
    engine.change({"rate": 0.001})
    engine.go(Until(False, updates=5))
    work(engine)
    assert engine.state == "finished"


def test_a_refused_command_says_why():
    engine = stand_in.engine()
    with pytest.raises(ConfigError, match="rate"):
        engine.change({"rate": -1})
