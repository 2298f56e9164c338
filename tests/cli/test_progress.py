"""The progress line: there for people, silent for pipes."""

from __future__ import annotations

import io

import pytest

from memviz.cli import files, progress
from memviz.training.state import TrainState
from tests.training import stand_in


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def paint_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "EVERY", 0.0)


def test_a_bar_fills_with_the_part_done_and_is_cleared_at_the_end() -> None:
    screen = Terminal()
    with progress.Bar(stream=screen) as bar:
        bar.show(0.5, "half")
        assert screen.getvalue().endswith("[" + "=" * 12 + " " * 12 + "] half")
    assert screen.getvalue().endswith("\r\x1b[2K")


def test_nothing_is_painted_into_a_pipe() -> None:
    pipe = io.StringIO()
    with progress.Bar(stream=pipe) as bar:
        bar.show(0.5, "half")
    assert pipe.getvalue() == ""


def test_nothing_is_painted_when_a_machine_reads() -> None:
    screen = Terminal()
    with progress.Bar(quiet=True, stream=screen) as bar:
        bar.show(None, "who knows")
    assert screen.getvalue() == ""


def test_work_of_unknown_length_shows_a_block_that_wanders() -> None:
    screen = Terminal()
    progress.Bar(stream=screen).show(None, "compiling")
    assert screen.getvalue().count("=") == 4


def test_compiling_for_a_trace_has_a_progress_line(monkeypatch: pytest.MonkeyPatch) -> None:
    setup = stand_in.setup()
    state = TrainState.first(setup, stand_in.config())
    monkeypatch.setattr("memviz.training.warm.ensure_warm", lambda model, task, tell: tell(f"Compiling {model}"))
    stream = Terminal()
    files.record(setup, state, bar=progress.Bar(stream=stream))
    assert "Compiling double" in stream.getvalue()
