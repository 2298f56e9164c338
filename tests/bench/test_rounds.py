"""The plumbing of the benchmarks, with contenders that measure nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from memviz.bench.rounds import BenchError, Contender, interleave

ROOT = str(Path(__file__).resolve().parents[2])


@pytest.fixture
def two(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Contender]]:
    monkeypatch.setenv("MEMVIZ_STUB", "from the parent")
    fast = Contender("fast", "tests.bench.stub", {"per_s": 9.0}, {"PYTHONPATH": ROOT, "MEMVIZ_STUB": None})
    slow = Contender("slow", "tests.bench.stub", {"per_s": 3.0}, {"PYTHONPATH": ROOT})
    yield [fast, slow]
    fast.close()
    slow.close()


def test_contenders_take_turns_in_processes_of_their_own(two: list[Contender]) -> None:
    turns: list[str] = []
    rounds = interleave(two, 2, 0.5, lambda _part, text: turns.append(text.rpartition(" ")[2]))
    assert turns == ["fast", "slow", "slow", "fast"]
    assert [{name: answer["per_s"] for name, answer in one.items()} for one in rounds] == [{"fast": 9, "slow": 3}] * 2
    assert two[0].ready["pid"] != two[1].ready["pid"]


def test_a_contender_works_for_the_seconds_it_was_given(two: list[Contender]) -> None:
    assert two[0].measure(0.25)["seconds"] == 0.25


def test_a_variable_can_be_taken_out_of_one_contenders_environment(two: list[Contender]) -> None:
    assert two[0].measure(0)["seen"] is None
    assert two[1].measure(0)["seen"] == "from the parent"


def test_a_contender_that_dies_is_an_error_and_not_a_wait() -> None:
    with pytest.raises(BenchError, match="want one JSON line"):
        Contender("dead", "tests.bench.stub", {"die": 3}, {"PYTHONPATH": ROOT})
