"""The scope's socket: who may come, who may command, and what a hostile browser can do (nothing)."""

from __future__ import annotations

import json

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from memviz.ui.live.socket import LONGEST, REFUSED, TOO_BIG
from tests.ui.clients import RECIPE, started
from tests.words import SAID


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
    more = [{"do": "until", "what": "updates", "n": 10}, {"do": "speed", "per_second": None}, {"do": "resume"}]
    commands = SAID + more
    for command in commands:
        client.send(**command)
    client.send(do="probe", update=0)
    client.next("trace", lambda h: h["source"] == "probe")
    names = [call[0] for call in run.calls]
    assert names == [command["do"] for command in commands]
    said = dict(zip(map(str, commands), run.calls, strict=True))
    assert said[str(more[0])] == ("until", "updates", ("updates", 10))
    assert ("until", "seconds", ("seconds", 10)) in run.calls
    assert ("set", ("rate", 0.001)) in run.calls


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
