"""The recorded table: first seeds first, further seeds of what was solved, and nothing twice."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from memviz import bench
from memviz.bench import table
from memviz.contracts import places
from memviz.study.executor import Task

PAIRS = [{"model": "lstm", "task": task, "preset": "lesson"} for task in ("copy", "ngrams")]


class Executor:
    """Rows that nobody trained: copy is solved, n-grams are not."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, int]] = []

    def __call__(self, tasks: Sequence[Task], workers: int) -> Iterator[tuple[int, str]]:
        from memviz.study.cell import Cell
        from memviz.study.row import build

        assert workers == 1
        for index, (_, (text, _)) in enumerate(tasks):
            cell = Cell.from_dict(json.loads(text or ""))
            name, seed = cell.recipe["task"], cell.recipe["seed"]
            self.asked.append((name, seed))
            figures = {"solved": name == "copy", "sequences": 800, "seconds": 1.0, "wrong_bits": 2.0}
            figures["cut"] = not figures["solved"]
            stamp = {"key": cell.key, "build": build(cell), "arm": cell.arm, "seed": seed}
            yield index, json.dumps({**stamp, **figures})


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A data folder without a study."""
    monkeypatch.setattr(places, "sweeps", lambda: tmp_path)


def test_a_pair_that_its_first_seed_does_not_solve_gets_no_more() -> None:
    executor = Executor()
    rows = list(table.rows(PAIRS, 3, 7.0, lambda part, text: None, executor))
    assert executor.asked == [("copy", 0), ("ngrams", 0), ("copy", 1), ("copy", 2)]
    assert [(row["task"], row["seed"], row["solved"]) for row in rows] == [
        ("copy", 0, True),
        ("ngrams", 0, False),
        ("copy", 1, True),
        ("copy", 2, True),
    ]
    assert {row["most_seconds"] for row in rows} == {7.0}
    assert json.loads(json.dumps(rows)) == rows


def test_stopped_it_goes_on_where_it_was_and_tells_every_row() -> None:
    executor = Executor()
    stopped = table.rows(PAIRS, 3, 7.0, lambda part, text: None, executor)
    next(stopped)
    stopped.close()
    rows = list(table.rows(PAIRS, 3, 7.0, lambda part, text: None, executor))
    assert len(executor.asked) == len(set(executor.asked)) == len(rows) == 4


def test_with_more_time_only_what_the_clock_cut_is_computed_again() -> None:
    executor = Executor()
    list(table.rows(PAIRS, 1, 7.0, lambda part, text: None, executor))
    rows = list(table.rows(PAIRS, 1, 8.0, lambda part, text: None, executor))
    assert executor.asked == [("copy", 0), ("ngrams", 0), ("ngrams", 0)]
    assert {row["most_seconds"] for row in rows} == {8.0}


def test_a_row_has_what_its_wrong_bits_compare_with() -> None:
    copied, grams = list(table.rows(PAIRS, 1, 7.0, lambda part, text: None, Executor()))
    assert (copied["bound"], copied["wrong_bits"]) == (0.0, 2.0)
    assert 0 < grams["bound"] < grams["chance"]


def test_the_table_is_of_every_model_on_every_task() -> None:
    from memviz import catalog

    pairs = list(bench.recipes(bench.Plan(), "lesson", memory=False))
    assert len(pairs) == len(catalog.models()) * len(catalog.tasks())
