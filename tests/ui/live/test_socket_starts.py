"""Starting a run over the socket: refused, broken, pressed twice, left meanwhile, waiting for the compiler."""

from __future__ import annotations

import threading

from memviz.contracts.errors import ConfigError
from tests.ui.clients import RECIPE, started, until


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
    open_socket(owner="bob").next("status")  # the server has come round: whoever wanted to watch does by now
    assert begun
    assert server.registry.runs["run0"].watched == 0


def test_a_run_that_is_gone_is_said_and_a_new_one_can_start(server, open_socket):
    client = open_socket(run="gone1234")
    assert "not on this machine" in client.next("error")[0]["message"]
    assert started(server, client)


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
