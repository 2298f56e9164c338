"""What an engine shows while it trains: traces and slow motion."""

from __future__ import annotations

import pytest

from memviz.contracts.errors import BackendError
from memviz.training.config import Until
from memviz.training.runs.hooks import Hooks
from tests.training import stand_in
from tests.training.stand_in import work


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


def test_no_trace_is_made_while_nobody_is_ready_for_one():
    clock = stand_in.StillClock(tick=0.002)
    engine = stand_in.engine(clock)
    engine.publisher.subscribe(lambda kind: None)
    engine.publisher.wanted = False
    engine.go()
    work(engine, turns=100)
    assert engine.publisher.latest == (0, None)
    engine.publisher.wanted = True
    engine.turn()
    assert engine.publisher.latest[0] == 1


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
    engine.mailbox.wake()  # another run enters or leaves the line
    clock.time = 101.5
    engine.turn()
    assert clock.time - 101.5 == pytest.approx(0.9)
    assert engine.mailbox.wait(0)  # it is heard afterwards
    engine.mailbox.put("pause", lambda: None)
    clock.time = 104.5
    clock.waits.clear()
    engine.turn()
    assert engine.trainer.state.update == 3
    assert clock.waits == []


def test_slow_motion_hurries_when_its_server_stops():
    clock = stand_in.StillClock()
    engine = stand_in.engine(clock)
    engine.slow_down(1.0)
    engine.go()
    engine.mailbox.close()
    engine.turn()
    assert (engine.trainer.state.update, clock.waits) == (1, [])


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


def test_a_run_at_rest_that_cannot_be_shown_says_why_and_stays_what_it_is():
    def compile(tell):
        tell("1 of 2")
        raise BackendError("warm: want kernels, got an error")

    engine = stand_in.engine(hooks=Hooks(compile=compile))
    engine.say("solved")
    engine.publisher.subscribe(lambda kind: None)
    engine.show()
    assert (engine.state, engine.message) == ("solved", "warm: want kernels, got an error")
    assert engine.publisher.latest == (0, None)
    engine.go()
    engine.turn()
    assert (engine.state, engine.active) == ("interrupted", False)


def test_a_run_whose_last_picture_cannot_be_made_has_come_to_rest_and_is_saved():
    saved = []
    hooks = Hooks(save=lambda *standing: saved.append(standing))
    engine = stand_in.engine(stand_in.StillClock(tick=0.0001), goal=Until(False, updates=3), hooks=hooks)
    engine.publisher.subscribe(lambda kind: None)
    engine.go()

    def broken(*arguments):
        raise RuntimeError("no picture")

    engine.probe.trace = broken
    with pytest.raises(RuntimeError, match="no picture"):
        work(engine)
    engine.fail("no picture")
    assert saved[-1] == ("finished", "")
    assert (engine.state, engine.message, engine.active) == ("finished", "no picture", False)
