from __future__ import annotations

import threading

import numpy as np
import pytest

from memviz.training.lanes import shares
from memviz.training.pace import HOLD, TRIAL, Pace
from memviz.training.runs.admission import Admission, Places
from memviz.training.runs.mailbox import Clock, Mailbox
from memviz.training.workers import Workers
from tests.training.stand_in import StillClock


def test_every_lane_is_worked_on_once_whoever_helps():
    workers = Workers()
    for lanes, threads in ((1, 1), (2, 2), (5, 2), (3, 8)):
        done = []
        workers.run(done.append, lanes, threads)
        assert sorted(done) == list(range(lanes))
    workers.close()


def test_what_a_job_raises_reaches_the_caller_and_the_threads_live_on():
    workers = Workers()
    for bad in (0, 1):
        with pytest.raises(ZeroDivisionError):
            workers.run(lambda lane, bad=bad: 1 / (lane - bad), 2, 2)
    names = set()
    workers.run(lambda lane: names.add(threading.current_thread().name), 2, 2)
    assert len(names) == 2
    workers.close()


def measured(pace, clock, cost, updates):
    """Counts chosen over some updates, each taking cost[count] seconds for a unit of work."""
    chosen = []
    for _ in range(updates):
        chosen.append(pace.choose())
        clock.time += cost[chosen[-1]]
        pace.note(cost[chosen[-1]], 1.0)
    return chosen


def test_the_faster_number_of_threads_is_found_by_trying_and_tried_again():
    clock = StillClock()
    pace = Pace(lanes=2, allowed=2, clock=clock.now)
    chosen = measured(pace, clock, {1: 0.010, 2: 0.006}, 20)
    assert chosen == [1] * TRIAL + [2] * TRIAL + [2] * (20 - 2 * TRIAL)
    clock.time += HOLD
    chosen = measured(pace, clock, {1: 0.010, 2: 0.030}, 20)  # a browser has moved in next door
    assert chosen[-1] == 1


def test_one_lane_or_one_core_needs_no_trying():
    for lanes, allowed in ((1, 8), (4, 1)):
        clock = StillClock()
        assert set(measured(Pace(lanes, allowed, clock.now), clock, {1: 0.01}, 30)) == {1}


def test_more_cores_are_tried_in_powers_of_two():
    clock = StillClock()
    pace = Pace(lanes=6, allowed=6, clock=clock.now)
    assert sorted(set(measured(pace, clock, {1: 6, 2: 3, 4: 2, 6: 1}, 4 * TRIAL))) == [1, 2, 4, 6]
    assert pace.choose() == 6
    pace.allow(6, 2)
    assert set(measured(pace, clock, {1: 6, 2: 3}, 2 * TRIAL)) == {1, 2}


def test_the_mailbox_holds_one_command_of_a_name_and_the_newest_comes_last():
    mailbox, done = Mailbox(Clock()), []
    for name, value in (("go", 1), ("set rate", 2), ("go", 3)):
        mailbox.put(name, lambda value=value: done.append(value))
    assert len(mailbox.held) == 2
    for left, command in zip((2, 1), mailbox.take(), strict=True):
        assert len(mailbox.held) == left  # until it is carried out
        command()
    assert done == [2, 3]
    assert mailbox.held == list(mailbox.take()) == []


def test_waiting_for_the_mailbox_ends_with_a_command_a_call_or_the_time():
    clock = StillClock()
    mailbox = Mailbox(clock)
    assert not mailbox.wait(2.0)
    assert clock.time == 102.0
    mailbox.wake()
    assert mailbox.wait(2.0)
    assert not mailbox.wait(1.0)
    mailbox.put("go", lambda: None)
    assert mailbox.wait(2.0)
    assert clock.time == 103.0


def test_a_line_is_first_come_first_served_and_shares_the_cores(monkeypatch):
    monkeypatch.setattr("memviz.training.runs.admission.cores", lambda: 8)
    line, woken = Places(2), []
    runs = [Admission(lambda i=i: woken.append(i), line, None) for i in range(4)]
    runs[0].enter()
    assert runs[0].share() == 8
    for run in runs:
        run.enter()
    assert [run.admitted() for run in runs] == [True, True, False, False]
    assert [run.place for run in runs] == [0, 0, 1, 2]
    assert runs[0].share() == 4
    woken.clear()
    runs[1].leave()
    assert woken == [0, 2, 3]
    assert [run.admitted() for run in runs] == [True, True, True, False]
    assert runs[3].place == 1


def test_chunks_are_dealt_so_that_no_lane_waits_long():
    rng = np.random.default_rng(0)
    for _ in range(100):
        work, lanes = rng.integers(3, 42, rng.integers(2, 40)).tolist(), 2
        dealt = shares(work, lanes)
        loads = [sum(work[i] for i in share) for share in dealt]
        assert sorted(i for share in dealt for i in share) == list(range(len(work)))
        assert all(share for share in dealt)
        assert max(loads) - min(loads) <= max(work)
        assert dealt == shares(work, lanes)
