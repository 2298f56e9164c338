"""When an engine may train: its place in line, who watches, what is compiled."""

from __future__ import annotations

import pytest

from memviz.training.config import Until
from memviz.training.runs.admission import Places
from memviz.training.runs.hooks import Hooks
from memviz.training.runs.status import status
from tests.training import stand_in
from tests.training.stand_in import work


def test_who_enters_the_line_is_awake_already():
    woken = []
    line, first, second = Places(1), lambda: woken.append("first"), lambda: woken.append("second")
    line.enter(first)
    line.enter(second)
    assert woken == ["first"]


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
