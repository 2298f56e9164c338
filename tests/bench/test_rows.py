"""What the rows say, from answers that nobody measured."""

from __future__ import annotations

from typing import Any

import pytest

from memviz import bench
from memviz.bench import solve, starting, throughput, viewers
from memviz.contracts.errors import ConfigError

RECIPE = {"model": "ntm", "task": "copy", "preset": "paper"}


def answers(core: float, eager: float, peak: float = 100.0) -> dict[str, dict[str, float]]:
    """One round: the core at half the peak on one thread and a little faster on two, the twin slower on two."""
    return {
        "core_one": {"per_s": core * 0.9, "gflops": peak / 2},
        "core_two": {"per_s": core, "gflops": peak * 0.6},
        "eager_one": {"per_s": eager, "gflops": 0.0},
        "eager_two": {"per_s": eager * 0.8, "gflops": 0.0},
        "peak_one": {"gflops": peak},
        "peak_two": {"gflops": 2 * peak},
    }


def test_a_throughput_row_takes_each_side_at_its_best_thread_count() -> None:
    row = throughput.summary(RECIPE, 16, [answers(8000.0, 400.0), answers(4000.0, 200.0), answers(9000.0, 360.0)])
    assert (row["core_per_s"], row["core_threads"]) == (8000.0, 2)
    assert (row["eager_per_s"], row["eager_threads"]) == (360.0, 1)
    assert row["eager_ratio"] == 20.0
    assert (row["of_peak_one"], row["of_peak_two"]) == (0.5, 0.3)


@pytest.mark.parametrize(("eager", "void"), [(349.0, True), (351.0, False)])
def test_a_slow_twin_voids_the_row(eager: float, void: bool) -> None:
    assert throughput.summary(RECIPE, 16, [answers(8000.0, eager)])["void"] is void


def test_no_figure_to_reach_no_verdict() -> None:
    other = {**RECIPE, "knobs": {"model": {"N": 7}}}
    assert "void" not in throughput.summary(other, 16, [answers(8000.0, 1.0)])
    assert "void" not in throughput.summary({**RECIPE, "model": "other"}, 16, [answers(8000.0, 1.0)])


def test_the_twin_may_be_slower_on_a_slower_machine() -> None:
    row = throughput.summary(RECIPE, 16, [answers(8000.0, 200.0, peak=50.0)])
    assert (row["eager_floor"], row["void"]) == (175.0, False)


def test_without_torch_a_row_has_no_ratio() -> None:
    alone = {name: answer for name, answer in answers(8000.0, 1.0).items() if not name.startswith("eager")}
    row = throughput.summary(RECIPE, 16, [alone])
    assert row["core_per_s"] == 8000.0
    assert not [name for name in row if name.startswith("eager") or name == "void"]


def test_a_solve_row_counts_the_seeds_that_were_solved_and_those_exact_at_every_length() -> None:
    each = [seed(1, True, 9000, 0, 0), seed(2, True, 11000, 0, 4), seed(3, False, 99000, 7, 900)]
    row = solve.summary(RECIPE, each)
    assert (row["seeds"], row["solved"]) == (3, 2)
    assert (row["sequences_min"], row["sequences_median"], row["sequences_max"]) == (9000, 10000, 11000)
    assert (row["exact_at_40"], row["exact_at_100"]) == (2, 1)


def test_nothing_solved_leaves_the_spread_out() -> None:
    row = solve.summary(RECIPE, [seed(1, False, 99000, 7, 900)])
    assert row["solved"] == 0
    assert "sequences_median" not in row


def seed(number: int, solved: bool, sequences: int, at_40: int, at_100: int) -> dict[str, Any]:
    """What the solver answers."""
    wrong = {"40": at_40, "100": at_100}
    return {"seed": number, "solved": solved, "sequences": sequences, "seconds": sequences / 5000, "unseen": wrong}


def test_a_viewers_row_compares_spells_that_took_turns() -> None:
    row = viewers.summary([(1000.0, (900.0, [0.010, 0.030])), (100.0, (95.0, [0.020])), (1000.0, (980.0, []))])
    assert row["watched_share"] == 0.95
    assert row["age_ms"] == 20.0


def test_a_start_row_is_the_median_of_its_rounds(monkeypatch: pytest.MonkeyPatch) -> None:
    trains, apps = iter([12.0, 0.9, 0.5, 0.7]), iter([1.5, 0.6, 0.8])
    monkeypatch.setattr(starting, "first_update", lambda recipe, home: next(trains))
    monkeypatch.setattr(starting, "app_start", lambda home: next(apps))
    (row,) = starting.rows(RECIPE, 3, True, lambda part, text: None)
    assert (row["train_cold_s"], row["train_warm_s"], row["app_warm_s"]) == (12.0, 0.7, 0.8)


def test_only_rows_that_exist_can_be_asked_for() -> None:
    assert bench.names("solve,start") == ("solve", "start")
    assert bench.names(None) == bench.ROWS
    with pytest.raises(ConfigError, match=r"bench\.--rows: want some of"):
        bench.names("solve,speed")


def test_by_default_every_model_with_a_memory_is_measured_and_the_table_has_all() -> None:
    measured = [recipe["model"] for recipe in bench.recipes(bench.Plan(), "paper")]
    tabled = [recipe["model"] for recipe in bench.recipes(bench.Plan(), "lesson", memory=False)]
    assert measured
    assert set(measured) < set(tabled)
    assert {recipe["task"] for recipe in bench.recipes(bench.Plan(), "paper")} == {"copy"}
    (set_to,) = bench.recipes(bench.Plan(measured[0], settings=("N=7",)), "paper")
    assert set_to["knobs"]["model"] == {"N": 7}
