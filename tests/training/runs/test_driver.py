"""A run's thread: what one command raises is told, and the next is obeyed."""

from __future__ import annotations

import threading

from memviz.contracts.errors import ConfigError
from memviz.training.runs.driver import Driver
from memviz.training.runs.mailbox import Clock, Mailbox


class StandIn:
    """The engine as far as a driver knows it."""

    def __init__(self):
        self.mailbox, self.state, self.told = Mailbox(Clock()), "idle", []

    def turn(self):
        return None

    def say(self, state, message):
        self.told.append(message)

    def fail(self, message):
        self.told.append(message)

    def close(self):
        self.told.append("closed")


def refused():
    raise ConfigError("Run.rate: want less")


def broken():
    raise RuntimeError("a bug")


def test_what_a_command_raises_is_told_and_the_next_is_obeyed(caplog):
    engine, obeyed = StandIn(), threading.Event()
    driver = Driver("x", engine)
    for name, command in (("one", refused), ("two", broken), ("three", obeyed.set)):
        engine.mailbox.put(name, command)
    driver.put("last", lambda: None)
    assert obeyed.wait(10)
    driver.close(10)
    assert engine.told[0] == "Run.rate: want less"
    assert "RuntimeError: a bug" in engine.told[1]
    assert engine.told[-1] == "closed"
    assert "run x failed" in caplog.text
