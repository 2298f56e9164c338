"""What the socket sends, to whom and how often: the latest trace packed once, probes, curves from where they lack."""

from __future__ import annotations

import threading
from types import SimpleNamespace

from memviz.ui.live.viewer import Viewer
from tests.ui.clients import RECIPE, started, until
from tests.ui.fakes import FakeDesk


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


def test_a_run_makes_traces_as_long_as_one_browser_is_ready_for_the_next(server, open_socket):
    slow = open_socket()
    run = started(server, slow)
    slow.next("trace")
    until(lambda: not run.wanted)
    quick = open_socket(run=run.id, owner="bob")
    got, _ = quick.next("trace")
    until(lambda: not run.wanted)
    quick.send(do="ack", v=got["v"])
    until(lambda: run.wanted)
    quick.connection.close()
    until(lambda: not run.wanted)


def test_an_acknowledgement_alone_sends_nothing_so_that_the_next_trace_need_not_wait():
    viewer, version, ready = Viewer(FakeDesk()), 3, []
    run = SimpleNamespace(latest=lambda: (version, None))
    viewer.channel = SimpleNamespace(run=run, ready=lambda *said: ready.append(said))
    viewer.sent.version = 3
    viewer.drew()
    assert ready == [(viewer.wake, True)]
    assert not viewer.wake.is_set()
    version = 4  # a newer one is there already
    viewer.drew()
    assert viewer.wake.is_set()


def test_a_trace_says_when_it_was_there_and_not_when_it_was_packed(server, open_socket):
    client = open_socket()
    run = started(server, client)
    client.send(do="ack", v=client.next("trace")[0]["v"])
    run.shown = 1234.5
    run.publish(64)
    assert client.next("trace", lambda h: h["update"] == 64)[0]["published"] == 1234.5


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
    until(lambda: not run.watched)


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
    run.publish(64)
    client.next("curve")  # else the one that starts from 0 may hold all
    run.publish(512)
    while client.next("curve")[1]["update"].max() < 512:
        pass
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


def test_while_a_recording_is_made_the_page_hears_of_the_run_and_of_the_last_one_asked_for(
    server, open_socket, monkeypatch
):
    client = open_socket()
    run = started(server, client)
    run.publish(512)
    go, record = threading.Event(), run.record
    monkeypatch.setattr(run, "record", lambda *args: [go.wait(60), record(*args)][-1])
    for update in (1, 2, 64):
        client.send(do="probe", update=update)
    run.publish(700, "paused")
    client.next("status", lambda h: h["state"] == "paused")
    go.set()
    client.next("trace", lambda h: h["source"] == "probe" and h["update"] == 64)
    assert [update for update, _ in run.recorded] in ([1, 64], [2, 64], [64])


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
