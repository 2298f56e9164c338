"""Medians and tables."""

from __future__ import annotations

from memviz.bench import stats

ROUNDS = [
    {"a": {"per_s": 10.0}, "b": {"per_s": 5.0}},
    {"a": {"per_s": 2.0}, "b": {"per_s": 0.5}},
    {"a": {"per_s": 30.0}, "b": {"per_s": 10.0}},
]


def test_a_slow_round_does_not_move_a_median() -> None:
    assert stats.medians(ROUNDS, "per_s") == {"a": 10.0, "b": 5.0}


def test_a_ratio_is_taken_within_each_round() -> None:
    assert stats.ratio(ROUNDS, "a", "b", "per_s") == 3.0


def test_a_spread_of_nothing_is_nothing() -> None:
    assert stats.spread([]) == {}
    assert stats.spread([3.0, 1.0, 2.0]) == {"min": 1.0, "median": 2.0, "max": 3.0}


def test_a_table_has_the_columns_of_all_rows() -> None:
    lines = stats.table([{"model": "m", "batch": 1}, {"model": "m", "per_s": 1234.5, "ratio": 2.5}]).splitlines()
    assert [line.split() for line in lines] == [["model", "batch", "per_s", "ratio"], ["m", "1"], ["m", "1,234", "2.5"]]


def test_a_table_says_what_is_asked_and_whether_it_is_reached() -> None:
    row = {"ratio": 20.0, "asked": {"ratio": ">= 18"}, "reached": {"ratio": True, "peak": False}, "void": False}
    line = stats.table([row]).splitlines()[1]
    assert line.split() == ["20", *["ratio", ">=", "18"], *["ratio", "yes,", "peak", "no"], "no"]
