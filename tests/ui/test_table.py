"""What a cell of the model x task table says, from results that nobody recorded."""

from __future__ import annotations

import json

import pytest

from memviz.contracts import places
from memviz.ui import table


def result(solved, sequences=800, seconds=2.0, wrong=0.0, **more):
    return {
        "model": "m",
        "task": "t",
        "solved": solved,
        "sequences": sequences,
        "seconds": seconds,
        "wrong_bits": wrong,
        **more,
    }


def test_what_was_solved_works_with_the_medians():
    said = table.cell([result(True, 1000, 1.0), result(True, 3000, 3.0), result(True, 2000, 2.0)])
    assert "works" in said
    assert "2,000 sequences, 2.0 s" in said
    assert "seeds" not in said


def test_what_was_solved_by_most_says_by_how_many():
    assert "4 of 5 seeds" in table.cell([result(True)] * 4 + [result(False)])


def test_what_was_not_solved_is_hard_with_the_best_wrong_bits_beside_chance_and_bound():
    limits = {"most_seconds": 20.0, "chance": 29.5, "bound": 12.25}
    said = table.cell([result(False, wrong=14.0, **limits), result(True, wrong=13.5, **limits)])
    assert "hard" in said
    assert "1 of 2 solved within 20 s" in said
    assert "13.5 wrong bits (chance 29.5, best 12.2)" in said


def test_where_the_best_makes_no_error_only_chance_is_told():
    assert "(chance 4)" in table.cell([result(False, wrong=2.0, chance=4.0, bound=0.0)])


def test_older_results_without_limits_are_read_too():
    assert table.cell([result(False)]).endswith("0 of 1 solved]")


def test_what_has_no_result_is_untested():
    assert table.cell([]).endswith("untested")


def test_a_damaged_file_is_left_out(tmp_path, monkeypatch):
    (tmp_path / "results").mkdir()
    (tmp_path / "results" / "a.json").write_text(json.dumps([result(True), {"model": "m"}]))
    (tmp_path / "results" / "b.json").write_text("[")
    monkeypatch.setattr(places, "asset", lambda name: tmp_path / name)
    table.results.cache_clear()
    try:
        assert table.results() == (result(True),)
    finally:
        table.results.cache_clear()


@pytest.mark.parametrize("runs", [[], [result(True)], [result(False, chance=1.0, bound=0.0)]])
def test_no_cell_breaks_the_table(runs):
    assert "|" not in table.cell(runs)
    assert "\n" not in table.cell(runs)
