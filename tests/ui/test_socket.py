"""The scope's socket: who may come, who may command, and what a slow or hostile browser can do (nothing)."""

from __future__ import annotations

import json
import threading
import time

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from memviz.contracts.errors import ConfigError
from memviz.ui.socket import LONGEST, REFUSED, TOO_BIG

RECIPE = {"model": "ntm", "task": "copy", "preset": "lesson", "seed": 3}


def started(server, client):
    """Start a run and return it, once its status has come."""
    client.send(do="start", recipe=RECIPE)
    header, _ = client.next("status", lambda h: h["run"] is not None)
    return server.registry.runs[header["run"]]


def test_a_new_socket_is_told_that_nothing_runs(open_socket):
    header, arrays = open_socket().next("status")
    assert (header["run"], header["state"], header["controls"]) == (None, "idle", True)
    assert not arrays


def test_start_makes_a_run_and_sends_status_curve_and_trace(server, open_socket):
    client = open_socket()
    run = started(server, client)
    assert run.recipe == RECIPE
    header, arrays = client.next("curve")
    assert header["from"] == 0
    assert list(arrays) == ["update", "bits", "wrong", "norm"]
    assert client.next("trace")[0]["source"] == "live"
    run.publish(64)
    assert client.next("curve")[0]["from"] == len(arrays["update"])


def test_a_page_of_another_origin_is_refused(open_socket):
    with pytest.raises(InvalidStatus) as refused:
        open_socket(origin="http://evil.example")
    assert refused.value.response.status_code == 403


def test_a_page_of_this_origin_may_come(server, open_socket):
    client = open_socket(origin=f"http://{server.address}")
    assert client.next("status")


def test_who_does_not_say_hello_first_is_sent_away(open_socket):
    client = open_socket(owner=None)
    client.send(do="start", recipe=RECIPE)
    with pytest.raises(ConnectionClosed) as closed:
        client.next("status")
    assert closed.value.rcvd.code == REFUSED


def test_only_the_browser_that_started_a_run_controls_it(server, open_socket):
    owner = open_socket(owner="ann")
    run = started(server, owner)
    watcher = open_socket(run=run.id, owner="bob")
    assert watcher.next("status")[0]["controls"] is False
    watcher.send(do="pause")
    assert "another browser" in watcher.next("error")[0]["message"]
    assert run.calls == []
    again = open_socket(run=run.id, owner="ann")  # a reload
    assert again.next("status")[0]["controls"] is True
    again.send(do="pause")
    again.send(do="probe", update=0)  # answered after the pause was obeyed
    again.next("trace", lambda h: h["source"] == "probe")
    assert run.calls == [("pause",)]


def test_the_secret_itself_is_not_kept(server, open_socket):
    run = started(server, open_socket(owner="ann"))
    assert len(run.owner) == 64
    assert "ann" not in run.owner


def test_commands_reach_the_run_with_their_numbers(server, open_socket):
    client = open_socket()
    run = started(server, client)
    commands = [
        {"do": "step", "n": 5},
        {"do": "until", "what": "solved"},
        {"do": "until", "what": "updates", "n": 10},
        {"do": "set", "rate": 0.01},
        {"do": "speed", "per_second": None},
        {"do": "speed", "per_second": 2},
        {"do": "branch", "update": 0},
        {"do": "gradients", "on": True},
        {"do": "rewind"},
        {"do": "reseed"},
        {"do": "resume"},
    ]
    for command in commands:
        client.send(**command)
    client.send(do="probe", update=0)
    client.next("trace", lambda h: h["source"] == "probe")
    names = [call[0] for call in run.calls]
    assert names == [command["do"] for command in commands]
    assert run.calls[2] == ("until", "updates", ("updates", 10))
    assert run.calls[3] == ("set", ("rate", 0.01))


BAD = [
    {"do": "dance"},
    {"do": "step", "n": 0},
    {"do": "step", "n": 1.5},
    {"do": "step", "n": True},
    {"do": "until", "what": "tomorrow"},
    {"do": "set", "learning": 1},
    {"do": "set", "rate": "fast"},
    {"do": "speed", "per_second": -1},
    {"do": "probe", "update": 10**30},
    {"do": "memory", "mode": "forget"},
    {"do": "gradients", "on": 1},
    {"do": "start", "recipe": []},
    {"do": "start", "recipe": {"model": "ntm"}},
    {"do": "start", "recipe": {**RECIPE, "knobs": {"model": [1]}}},
    {"do": "start", "recipe": {**RECIPE, "seed": "x"}},
    {"do": ["start"]},
    {"act": "start"},
    [],
    "start",
]


@pytest.mark.parametrize("message", BAD, ids=str)
def test_a_bad_command_is_answered_with_an_error_and_changes_nothing(server, open_socket, message):
    client = open_socket()
    run = started(server, client)
    client.connection.send(json.dumps(message))
    assert client.next("error")[0]["message"]
    assert run.calls == []
    assert len(server.registry.runs) == 1
    client.send(do="pause")  # the socket still works
    client.send(do="probe", update=0)
    client.next("trace", lambda h: h["source"] == "probe")
    assert run.calls == [("pause",)]


@pytest.mark.parametrize(
    "text", ["", "{", "\x00", "[" * 50_000, '{"do": "set", "rate": NaN}', '{"do": 1e400}'], ids=repr
)
def test_text_that_is_no_command_is_answered_with_an_error(server, open_socket, text):
    client = open_socket()
    run = started(server, client)
    client.connection.send(text)
    assert client.next("error")
    assert run.calls == []


@pytest.mark.parametrize("message", [b"\x00\x01", "x" * (LONGEST + 1)], ids=["bytes", "huge"])
def test_bytes_and_huge_messages_close_the_socket(open_socket, message):
    client = open_socket()
    client.connection.send(message)
    with pytest.raises(ConnectionClosed) as closed:
        client.next("error")
    assert closed.value.rcvd.code == TOO_BIG


def test_a_refused_start_says_why(server, open_socket):
    client = open_socket()
    server.registry.fail = ConfigError("registry: want fewer runs, got 33 (close one)")
    client.send(do="start", recipe=RECIPE)
    header, _ = client.next("error")
    assert (header["message"], header["remedy"]) == ("registry: want fewer runs, got 33", "close one")


def test_a_start_that_breaks_is_answered_and_the_next_one_works(server, open_socket):
    client = open_socket()
    server.registry.fail = OSError("disk full")
    client.send(do="start", recipe=RECIPE)
    assert "could not be started" in client.next("error")[0]["message"]
    server.registry.fail = None
    assert started(server, client)


def slowly(server, monkeypatch):
    """Make every start wait for the event `go`; returns what has begun (a list of recipes), and `go`."""
    begun, go, create = [], threading.Event(), server.registry.create

    def wait(recipe, owner):
        begun.append(recipe)
        go.wait(20)
        return create(recipe, owner)

    monkeypatch.setattr(server.registry, "create", wait)
    return begun, go


def test_two_presses_of_train_start_one_run(server, open_socket, monkeypatch):
    begun, go = slowly(server, monkeypatch)
    client = open_socket()
    client.send(do="start", recipe=RECIPE)
    client.send(do="start", recipe=RECIPE)
    client.send(do="dance")
    client.next("error")  # both starts were read
    go.set()
    client.next("status", lambda h: h["run"] is not None)
    assert len(begun) == 1


def test_a_browser_that_leaves_while_its_run_starts_is_no_viewer(server, open_socket, monkeypatch):
    begun, go = slowly(server, monkeypatch)
    client = open_socket()
    client.send(do="start", recipe=RECIPE)
    client.send(do="dance")
    client.next("error")
    client.connection.close()
    until(lambda: not server.desk.sockets)
    go.set()
    until(lambda: server.registry.runs)
    time.sleep(0.1)
    assert begun
    assert server.registry.runs["run0"].watched == 0


def until(happened):
    end = time.monotonic() + 20
    while not happened() and time.monotonic() < end:
        time.sleep(0.01)


def test_a_run_that_is_gone_is_said_and_a_new_one_can_start(server, open_socket):
    client = open_socket(run="gone1234")
    assert "not on this machine" in client.next("error")[0]["message"]
    assert started(server, client)


def test_a_browser_that_does_not_answer_gets_no_more_traces_and_then_only_the_latest(server, open_socket):
    client = open_socket()
    run = started(server, client)
    first, _ = client.next("trace")
    for update in (8, 64, 256, 512):
        run.publish(update)
        client.next("status", lambda h, update=update: h["update"] == update)
    client.send(do="ack", v=first["v"])
    latest, _ = client.next("trace")
    assert latest["update"] == 512


def test_a_trace_is_packed_once_for_all_who_watch(server, open_socket, monkeypatch):
    owner = open_socket()
    run = started(server, owner)
    watchers = [open_socket(run=run.id, owner=f"w{i}") for i in range(3)]
    for client in (owner, *watchers):
        client.send(do="ack", v=client.next("trace")[0]["v"])
    channel = server.desk.hub.channel(run)
    packed, pack = [], channel.pack
    monkeypatch.setattr(channel, "pack", lambda *args: packed.append(args[1]) or pack(*args))
    run.publish(64)
    for client in (owner, *watchers):
        assert client.next("trace", lambda h: h["update"] == 64)
    assert len(packed) == 1


def test_the_run_learns_when_its_last_viewer_has_gone(server, open_socket):
    client = open_socket()
    run = started(server, client)
    other = open_socket(run=run.id, owner="bob")
    other.next("status", lambda h: h["viewers"] == 2)
    client.connection.close()
    other.next("status", lambda h: h["viewers"] == 1)
    assert run.watched == 1
    other.connection.close()
    run.wait_until_alone()
    assert run.watched == 0


def test_only_the_last_probe_asked_for_matters(server, open_socket):
    client = open_socket()
    run = started(server, client)
    run.publish(512)
    for update in (1, 2, 4, 256):
        client.send(do="probe", update=update)
    header, _ = client.next("trace", lambda h: h["source"] == "probe" and h["update"] == 256)
    assert header["limits"]["memory"] > 0


def test_a_probe_without_a_record_is_an_error(server, open_socket):
    client = open_socket()
    started(server, client)
    client.send(do="probe", update=7)
    assert "recorded" in client.next("error")[0]["message"]


def test_a_rewound_run_sends_its_curve_from_the_start(server, open_socket):
    client = open_socket()
    run = started(server, client)
    run.publish(512)
    client.next("curve", lambda h: h["from"] > 0)
    run.epoch += 1
    run.publish(8)
    header, arrays = client.next("curve")
    assert header["from"] == 0
    assert arrays["update"].max() <= 8


def test_a_recording_of_a_run_left_meanwhile_is_not_sent(server, open_socket, monkeypatch):
    client = open_socket()
    run = started(server, client)
    client.next("trace")
    asked, go, record = threading.Event(), threading.Event(), run.record
    monkeypatch.setattr(run, "record", lambda *args: [asked.set(), go.wait(20), record(*args)][-1])
    packed: list[bytes] = []
    monkeypatch.setattr(server.desk.hub.channel(run), "pack", lambda *args: packed.append(b"") or b"")
    client.send(do="probe", update=0)
    asked.wait(20)
    client.send(do="start", recipe=RECIPE)
    until(lambda: len(server.registry.runs) == 2 and server.registry.runs["run1"].watched)
    go.set()
    client.next("status", lambda h: h["run"] == "run1")
    assert client.next("trace")[0]["source"] == "live"
    assert packed == []


def test_compiling_is_said_to_who_has_not_started_yet(server, open_socket):
    client = open_socket()
    client.next("status")
    server.desk.preparation.message = "Compiling: step 2 of 5"
    late = open_socket(owner="bob")
    assert late.next("status")[0]["message"] == "Compiling: step 2 of 5"


def test_a_run_that_waits_for_the_compiler_says_so(server, open_socket):
    server.desk.preparation.message = "Compiling: step 2 of 5"
    client = open_socket()
    client.send(do="start", recipe=RECIPE)
    header, _ = client.next("status", lambda h: h["run"] is not None)
    assert (header["state"], header["message"]) == ("compiling", "Compiling: step 2 of 5")
    run = server.registry.runs[header["run"]]
    server.desk.preparation.message = ""
    run.publish(1)
    client.next("status", lambda h: h["state"] == "training")


def test_a_run_at_rest_shows_the_figures_of_its_exam(server, open_socket):
    client = open_socket()
    run = started(server, client)
    run.publish(64, "paused")
    header, _ = client.next("status", lambda h: h["state"] == "paused")
    assert header["metrics"]["wrong_bits"] == 0.0  # the last updates' mean
    run.exam = {"update": 128, "sequences": 100, "wrong_bits": 25, "bits_per_sequence": 0.5, "nats": 0.01}
    run.publish(128, "paused")
    header, _ = client.next("status", lambda h: h["update"] == 128)
    assert (header["metrics"]["wrong_bits"], header["metrics"]["bits_per_sequence"]) == (0.25, 0.5)
