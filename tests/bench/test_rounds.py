"""The plumbing of the benchmarks, with contenders that measure nothing."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from memviz.bench.rounds import BenchError, Contender, contest

ROOT = str(Path(__file__).resolve().parents[2])


def stub(name: str, settings: dict[str, Any], **environment: str | None) -> Contender:
    return Contender(name, "tests.bench.stub", settings, {"PYTHONPATH": ROOT, **environment})


def unheard(_part: float, _text: str) -> None:
    """Nobody looks."""


def test_contenders_take_turns_in_processes_of_their_own() -> None:
    turns: list[str] = []
    two = [stub("fast", {"per_s": 9.0}), stub("slow", {"per_s": 3.0})]
    rounds = contest(two, 2, 0.25, lambda _part, text: turns.append(text.rpartition(" ")[2]))
    assert turns == ["fast", "slow", "slow", "fast"]
    assert [{name: answer["per_s"] for name, answer in one.items()} for one in rounds] == [{"fast": 9, "slow": 3}] * 2
    assert all(answer["seconds"] == 0.25 for one in rounds for answer in one.values())
    assert len({answer["pid"] for one in rounds for answer in one.values()}) == 2


def test_a_variable_can_be_taken_out_of_one_contenders_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEMVIZ_STUB", "from the parent")
    (answers,) = contest([stub("without", {}, MEMVIZ_STUB=None), stub("with", {})], 1, 0, unheard)
    assert (answers["without"]["seen"], answers["with"]["seen"]) == (None, "from the parent")


def test_a_contender_that_dies_is_an_error_and_not_a_wait_and_leaves_nobody_behind(tmp_path: Path) -> None:
    alive = tmp_path / "pid"
    with pytest.raises(BenchError, match=r"dead: want one JSON line"):
        contest([stub("alive", {"pid_file": str(alive)}), stub("dead", {"die": 3})], 1, 0, unheard)
    with pytest.raises(ProcessLookupError):
        os.kill(int(alive.read_text(encoding="utf-8")), 0)


def test_a_contender_that_dies_between_two_rounds_is_an_error_too() -> None:
    two = [stub("alive", {}), stub("mortal", {"rounds": 1})]
    with pytest.raises(BenchError, match=r"mortal: want one JSON line"):
        contest(two, 3, 0, unheard)
