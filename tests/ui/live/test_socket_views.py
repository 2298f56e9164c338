"""What a viewer sees of a run is its own: gradients, slow motion, a verdict; and what breaks breaks alone."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest

from memviz.ui.live import hub
from memviz.ui.live.prepare import Preparation
from tests.ui.clients import RECIPE, started, until
from tests.ui.fakes import Log


def test_who_only_watches_may_look_at_gradients_and_takes_them_off_by_leaving(server, open_socket):
    owner = open_socket(owner="ann")
    run = started(server, owner)
    watcher = open_socket(run=run.id, owner="bob")
    watcher.next("status")
    watcher.send(do="gradients", on=True)
    until(lambda: run.calls)
    owner.send(do="gradients", on=True)
    owner.send(do="gradients", on=False)
    owner.send(do="probe", update=0)
    owner.next("trace", lambda h: h["source"] == "probe")
    assert run.calls == [("gradients", True)]  # still on: somebody looks
    watcher.connection.close()
    until(lambda: len(run.calls) > 1)
    assert run.calls == [("gradients", True), ("gradients", False)]


def test_a_probe_has_gradients_for_those_who_look_at_them(server, open_socket):
    client = open_socket()
    run = started(server, client)
    client.send(do="probe", update=0)
    client.next("trace", lambda h: h["source"] == "probe")
    client.send(do="gradients", on=True)
    client.send(do="probe", update=0)
    header, _ = client.next("trace", lambda h: h["source"] == "probe")
    assert run.recorded == [(0, False), (0, True)]
    assert "d_memory" in header["signals"]


def test_gradients_asked_for_before_a_run_are_those_of_the_next(server, open_socket):
    client = open_socket()
    client.send(do="gradients", on=True)
    run = started(server, client)
    until(lambda: run.calls)
    assert run.calls == [("gradients", True)]


def test_an_episode_of_the_slow_motion_is_called_one(server, open_socket):
    client = open_socket()
    run = started(server, client)
    client.send(do="ack", v=client.next("trace")[0]["v"])
    version, trace = run.newest
    run.newest = (version + 1, replace(trace, meta={**trace.meta, "source": "live"}))
    run.publish_again()
    assert client.next("trace")[0]["source"] == "slow"


def test_the_verdict_on_a_link_is_found_off_the_loop_and_only_an_answer_is_kept(server, open_socket, monkeypatch):
    answers, threads = iter(["", "The same result as in the link, bit for bit."]), Log()

    def compare(run):
        threads.append(threading.current_thread())
        return next(answers)

    monkeypatch.setattr(hub, "compare", compare)
    client = open_socket()
    client.send(do="start", recipe={**RECIPE, "expect": {"update": 64}})
    header, _ = client.next("status", lambda h: h["run"] is not None)
    run = server.registry.runs[header["run"]]
    run.publish(64, "paused")
    until(lambda: len(threads) == 1)
    run.publish(64, "paused")  # its exam is there now
    client.next("status", lambda h: "bit for bit" in (h["message"] or ""))
    status = run.status
    monkeypatch.setattr(run, "status", lambda: status() | {"message": "Cut short."})
    run.publish_again()
    client.next("status", lambda h: h["message"] == "Cut short. The same result as in the link, bit for bit.")
    assert len(threads) == 2
    assert all("asyncio" in thread.name for thread in threads)


def test_a_recording_that_breaks_is_said_and_the_socket_goes_on(server, open_socket, monkeypatch):
    client = open_socket()
    run = started(server, client)
    record = run.record
    monkeypatch.setattr(run, "record", lambda *args: {}["no such block"])
    client.send(do="probe", update=0)
    assert "could not be shown" in client.next("error")[0]["message"]
    monkeypatch.setattr(run, "record", record)
    client.send(do="probe", update=0)
    client.next("trace", lambda h: h["source"] == "probe")


def test_a_run_that_cannot_be_read_is_said_and_a_new_one_can_start(server, open_socket, monkeypatch):
    monkeypatch.setattr(server.registry, "get", lambda run: {}["no such header"])
    client = open_socket(run="cracked1")
    assert "could not be opened" in client.next("error")[0]["message"]
    assert started(server, client)


def test_a_command_that_breaks_is_said_and_the_next_one_is_obeyed(server, open_socket, monkeypatch):
    client = open_socket()
    run = started(server, client)
    monkeypatch.setattr(run, "pause", lambda: {}["no such thing"], raising=False)
    for command in ("pause", "rewind"):
        client.send(do=command)
    assert "failed" in client.next("error")[0]["message"]
    until(lambda: run.calls)
    assert run.calls == [("rewind",)]


@pytest.mark.parametrize("error", [OSError("disk full"), ImportError("no numba")], ids=str)
def test_kernels_that_cannot_be_prepared_leave_no_message_that_they_are_being_prepared(error):
    def pair():
        raise error

    preparation = Preparation()
    preparation.message = "Compiling: step 2 of 5"
    preparation.work(pair)
    assert preparation.message == ""
    assert str(error) in preparation.failure


def test_a_browser_is_told_that_the_kernels_could_not_be_prepared(server, open_socket):
    server.desk.preparation.failure = "OSError: disk full"
    header, _ = open_socket().next("status")
    assert (header["state"], header["message"]) == ("unprepared", "OSError: disk full")


def test_a_record_of_another_branch_says_whose_it_is_and_can_be_trained_on_from(server, open_socket):
    client = open_socket()
    run = started(server, client)
    client.send(do="probe", update=0, branch=3)
    assert client.next("curve", lambda h: h["branch"] is not None)[0]["branch"] == 3
    header, _ = client.next("trace", lambda h: h["source"] == "probe")
    assert header["branch"] == 3
    client.send(do="probe", update=0)
    header, _ = client.next("trace", lambda h: h["source"] == "probe")
    assert header["branch"] is None
    client.send(do="branch", update=0, of=3)
    until(lambda: run.calls)
    assert run.calls == [("branch", 0, 3)]


def test_a_branch_that_is_no_number_is_refused(server, open_socket):
    client = open_socket()
    started(server, client)
    client.send(do="probe", update=0, branch="main")
    assert "probe.branch" in client.next("error")[0]["message"]
