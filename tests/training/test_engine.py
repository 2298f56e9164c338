from __future__ import annotations

import numpy as np
import pytest

from memviz.contracts.errors import ConfigError
from memviz.training import travel
from memviz.training.config import Until
from memviz.training.gate import Places
from memviz.training.hooks import Hooks
from memviz.training.status import status
from tests.training import stand_in


def work(engine, turns=1000):
    """Turns until it comes to rest, or so many."""
    for _ in range(turns):
        if engine.turn() is None:
            return


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


def test_after_single_steps_it_goes_on_towards_the_goal_it_had():
    engine = stand_in.engine(goal=Until(False, updates=5))
    engine.step(1)
    work(engine)
    engine.go()
    work(engine)
    assert (engine.state, engine.trainer.state.update) == ("finished", 5)


def test_training_from_the_record_where_the_goal_was_met_goes_on():
    engine = stand_in.engine(goal=Until(False, updates=4))
    engine.go()
    work(engine)
    assert 4 in engine.history.updates
    travel.branch(engine, 4)
    work(engine, turns=5)
    assert engine.active
    assert engine.trainer.state.update > 4


def test_who_enters_the_line_is_awake_already():
    woken = []
    line, first, second = Places(1), lambda: woken.append("first"), lambda: woken.append("second")
    line.enter(first)
    line.enter(second)
    assert woken == ["first"]


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


def test_rewind_repeats_the_same_run_and_reseed_another():
    engine = stand_in.engine(goal=Until(False, updates=8))
    engine.go()
    work(engine)
    first = engine.history.curve.columns()["loss"]
    travel.begin_again(engine)
    assert (engine.state, engine.trainer.state.update, engine.history.updates) == ("idle", 0, [0])
    engine.go()
    work(engine)
    np.testing.assert_array_equal(engine.history.curve.columns()["loss"], first)
    travel.begin_again(engine, seed=9)
    engine.go()
    work(engine)
    assert engine.trainer.setup.seed == 9
    assert not np.array_equal(engine.history.curve.columns()["loss"], first)
    assert engine.branches.epoch == 2


def test_a_branch_trains_on_from_a_record_and_keeps_what_came_after():
    engine = stand_in.engine(goal=Until(False, updates=16))
    engine.go()
    work(engine)
    straight = engine.history.curve.columns()
    travel.branch(engine, 8)
    engine.change({"rate": 0.3})
    assert engine.active
    work(engine)
    branched = engine.history.curve.columns()
    np.testing.assert_array_equal(branched["update"], straight["update"])
    np.testing.assert_array_equal(branched["loss"][:9], straight["loss"][:9])
    assert not np.array_equal(branched["loss"], straight["loss"])
    assert engine.trainer.state.changes == [(8, {"rate": 0.3})]
    old = engine.branches.find(0)
    np.testing.assert_array_equal(old.history.curve.columns()["loss"], straight["loss"])
    assert old.last == 16


def test_a_branch_keeps_the_knobs_as_they_are_now_and_logs_it_or_takes_those_of_the_record():
    engine = stand_in.engine(goal=Until(False, updates=8))
    engine.go()
    work(engine)
    straight = engine.trainer.state.params.copy()
    engine.change({"rate": 0.3, "batch": 4})
    travel.branch(engine, 4)
    assert engine.trainer.state.changes == [(4, {"rate": 0.3, "batch": 4})]
    work(engine)
    assert not np.array_equal(engine.trainer.state.params, straight)
    travel.branch(engine, 4, of=0, as_recorded=True)
    assert status(engine)["knobs"]["rate"] == 0.03
    work(engine)
    np.testing.assert_array_equal(engine.trainer.state.params, straight)


def test_any_record_of_any_branch_can_be_gone_back_to_while_it_trains():
    engine = stand_in.engine()
    engine.go()
    engine.turn()
    reached = engine.trainer.state.update
    travel.branch(engine, 2)
    engine.turn()
    travel.branch(engine, 3)
    engine.turn()
    travel.branch(engine, reached, of=0)  # where the first ended: it goes on
    told = status(engine)
    assert told["branch"] == 0
    assert [(one["id"], one["parent"], one["at"]) for one in told["branches"]] == [(0, None, 0), (1, 0, 2), (2, 1, 3)]
    engine.turn()
    assert engine.trainer.state.update > reached
    np.testing.assert_array_equal(
        engine.history.curve.columns()["update"], np.arange(1, engine.trainer.state.update + 1)
    )


def test_a_branch_that_was_not_trained_on_leaves_nothing_behind():
    engine = stand_in.engine(goal=Until(False, updates=8))
    engine.go()
    work(engine)
    travel.branch(engine, 4)
    engine.rest("paused")
    travel.branch(engine, 2, of=0)
    engine.rest("paused")
    travel.begin_again(engine)
    travel.begin_again(engine, seed=7)
    assert [one["id"] for one in status(engine)["branches"]] == [0, 4]


def test_a_recipe_changes_knobs_at_its_updates_until_a_person_takes_over():
    engine = stand_in.engine(goal=Until(False, updates=12), changes=((3, {"rate": 0.01}), (9, {"rate": 0.02})))
    engine.go(Until(False, updates=5))
    work(engine)
    assert engine.trainer.state.config.rate == 0.01
    engine.change({"batch": 4})
    engine.go(Until(False, updates=12))
    work(engine)
    assert engine.trainer.state.changes == [(3, {"rate": 0.01}), (5, {"batch": 4})]


def test_nobody_watching_makes_no_trace_and_after_a_while_a_pause():
    clock = stand_in.StillClock(tick=0.001)
    engine = stand_in.engine(clock, hooks=Hooks(patience=30.0))
    engine.go()
    work(engine, turns=20)
    assert engine.publisher.latest == (0, None)
    clock.time += 31
    work(engine)
    assert engine.state == "paused"
    assert "Nobody" in engine.message


def test_a_watched_run_does_not_pause_and_a_reload_is_no_departure():
    clock = stand_in.StillClock(tick=0.001)
    engine = stand_in.engine(clock, hooks=Hooks(patience=30.0))
    leave = engine.publisher.subscribe(lambda kind: None)
    engine.go()
    clock.time += 100
    work(engine, turns=3)
    leave()
    clock.time += 20
    engine.publisher.subscribe(lambda kind: None)
    clock.time += 20
    work(engine, turns=3)
    assert engine.active


def test_traces_are_shown_at_most_ten_times_a_second():
    clock, heard = stand_in.StillClock(tick=0.002), []
    engine = stand_in.engine(clock)
    engine.publisher.subscribe(heard.append)
    engine.go()
    begun = clock.time
    while clock.time < begun + 2:
        engine.turn()
    version, trace = engine.publisher.latest
    assert heard.count("trace") == version
    assert 12 <= version <= 21
    assert trace.meta["update"] <= engine.trainer.state.update


def test_an_expensive_trace_is_shown_more_rarely():
    clock = stand_in.StillClock(tick=0.005)
    engine = stand_in.engine(clock)
    engine.publisher.subscribe(lambda kind: None)
    plain = engine.probe.trace

    def expensive(*arguments):
        clock.time += 0.1
        return plain(*arguments)

    engine.probe.trace = expensive
    engine.go()
    begun = clock.time
    while clock.time < begun + 10:
        engine.turn()
    assert engine.publisher.latest[0] <= 6


def test_a_listener_that_fails_is_no_reason_to_stop(caplog):
    engine = stand_in.engine(goal=Until(False, updates=3))
    engine.publisher.subscribe(lambda kind: 1 / 0)
    engine.go()
    work(engine)
    assert engine.state == "finished"
    assert "a listener failed" in caplog.text


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


def test_slow_motion_shows_every_phase_and_hurries_when_a_command_comes():
    clock, phases = stand_in.StillClock(), []
    engine = stand_in.engine(clock)
    engine.publisher.subscribe(lambda kind: kind == "phase" and phases.append(engine.publisher.phase))
    engine.slow_down(1.0)
    engine.go()
    engine.turn()
    T = engine.publisher.latest[1].steps
    assert [p["phase"] for p in phases] == ["forward"] * T + ["loss", "gradient", "update"]
    assert [p["t"] for p in phases[:T]] == list(range(T))
    assert {p["update"] for p in phases} == {1}
    assert {name for name, norm in phases[-2]["blocks"] if norm > 0} == {"A", "B", "bias"}
    assert clock.time - 100 == pytest.approx(0.9)
    engine.mailbox.put("pause", lambda: None)
    clock.time = 101.5
    clock.waits.clear()
    engine.turn()
    assert engine.trainer.state.update == 2
    assert clock.waits == []


def test_slow_motion_changes_no_result():
    clock = stand_in.StillClock(tick=0.001)
    slow, plain = stand_in.engine(clock, memory="carry", keep=0.5), stand_in.trainer(memory="carry", keep=0.5)
    slow.slow_down(2.0)
    slow.go(Until(False, updates=6))
    for _ in range(200):
        wait = slow.turn()
        if wait is None:
            break
        clock.time += wait
    assert [float(x) for x in slow.history.curve.columns()["loss"]] == pytest.approx(
        stand_in.losses(plain, 6), rel=1e-7
    )


def test_at_most_so_many_train_and_the_others_are_told_their_place():
    line = Places(1)
    first, second, third = (stand_in.engine(seed=i, hooks=Hooks(line=line)) for i in range(3))
    for engine in (first, second, third):
        engine.go()
        engine.turn()
    assert [status(engine)["place"] for engine in (first, second, third)] == [0, 1, 2]
    assert third.state == "waiting"
    assert third.trainer.state.update == 0
    first.rest("paused")
    assert third.mailbox.wait(0)
    second.turn()
    third.turn()
    assert second.trainer.state.update > 0
    assert (second.state, third.message) == ("training", "1 in line")


def test_a_run_in_line_that_nobody_watches_pauses_and_lets_the_next_one_in():
    line, clock = Places(1), stand_in.StillClock()
    first, second, third = (stand_in.engine(clock, seed=i, hooks=Hooks(line=line, patience=30.0)) for i in range(3))
    leave = [engine.publisher.subscribe(lambda kind: None) for engine in (first, second, third)]
    for engine in (first, second, third):
        engine.go()
    clock.time += 100
    assert second.turn() == 30  # somebody may leave without a word
    leave[1]()
    clock.time += 20
    assert second.turn() == pytest.approx(10)
    clock.time += 11
    assert second.turn() is None
    assert (second.state, second.active) == ("paused", False)
    third.turn()
    assert status(third)["place"] == 1


def test_kernels_are_compiled_before_training_and_the_page_is_told():
    told = []
    engine = stand_in.engine(hooks=Hooks(compile=lambda tell: tell("1 of 2")), goal=Until(False, updates=2))
    engine.publisher.subscribe(lambda kind: told.append((engine.state, engine.message)))
    engine.go()
    work(engine)
    assert ("compiling", "1 of 2") in told
    assert engine.state == "finished"


def test_a_refused_command_says_why():
    engine = stand_in.engine()
    with pytest.raises(ConfigError, match="rate"):
        engine.change({"rate": -1})
