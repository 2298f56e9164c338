"""What the rows say, from answers that nobody measured."""

from __future__ import annotations

import contextlib
import json
from types import SimpleNamespace
from typing import Any

import pytest

from memviz import bench
from memviz.bench import bars, package, page, solve, start, throughput, topk, viewers
from memviz.bench.rounds import BenchError
from memviz.contracts.errors import ConfigError
from memviz.study.cell import Cell

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


def test_a_figure_that_is_asked_for_is_reached_or_not() -> None:
    at_20 = bars.judged(throughput.summary(RECIPE, 16, [answers(8000.0, 400.0)]))
    assert at_20["asked"] == {"eager_ratio": ">= 18", "of_peak_one": ">= 0.45"}
    assert at_20["reached"] == {"eager_ratio": True, "of_peak_one": True}
    at_16 = bars.judged(throughput.summary(RECIPE, 16, [answers(8000.0, 500.0, peak=120.0)]))
    assert at_16["reached"]["eager_ratio"] is False


def test_no_ratio_to_a_slow_twin_is_reached() -> None:
    row = bars.judged(throughput.summary(RECIPE, 16, [answers(8000.0, 10.0)]))
    assert row["void"]
    assert row["reached"] == {"eager_ratio": False, "of_peak_one": True}


def test_a_bar_holds_for_the_knobs_it_names_and_for_no_others() -> None:
    other = throughput.summary({**RECIPE, "knobs": {"model": {"N": 7}}}, 16, [answers(8000.0, 400.0)])
    assert bars.judged(other) == other
    empty = {**RECIPE, "knobs": {"model": {}, "task": {}, "training": {}}}
    assert "reached" in bars.judged(throughput.summary(empty, 16, [answers(8000.0, 400.0)]))


def test_what_should_be_small_may_not_be_larger() -> None:
    asked = {"train_warm_s": "<= 1", "app_warm_s": "<= 1"}
    row = bars.judged({"row": "start", **RECIPE, "train_warm_s": 0.9, "app_warm_s": 1.1})
    assert (row["asked"], row["reached"]) == (asked, {"train_warm_s": True, "app_warm_s": False})


def test_every_bar_is_of_a_row_that_exists_and_of_what_can_be_planned() -> None:
    from memviz import catalog
    from memviz.training.recipe import plan

    assert {bar["when"]["row"] for bar in bars.every()} <= set(bench.ROWS)
    for kind in ("throughput", "package"):
        for recipe, batch in bars.asked_for(kind):
            plan(recipe, catalog.models(), catalog.tasks())
            assert batch > 0


def test_other_sizes_are_measured_where_something_is_asked_of_them() -> None:
    (named, batch), *_ = ((size, batch) for size, batch in bars.asked_for("throughput") if size["knobs"])
    plain = {**named, "knobs": {"model": {}, "task": {}}}
    own, other = throughput.sizes(plain)
    assert own == (plain, list(throughput.BATCHES))
    assert other[0] == named
    assert batch in other[1]
    assert list(throughput.sizes({**plain, "knobs": {"model": {"N": 7}}}))[1:] == []
    assert list(throughput.sizes(plain, [5])) == [(plain, [5])]


@pytest.mark.parametrize(("program", "says"), [(None, "C\\+\\+ compiler"), ("/usr/bin/c++", "Python.h")])
def test_what_a_compiled_step_lacks_is_said_before_anything_is_measured(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Any, program: str | None, says: str
) -> None:
    monkeypatch.setattr(throughput.importlib.util, "find_spec", lambda name: object())
    monkeypatch.setattr(throughput.shutil, "which", lambda name: program)
    monkeypatch.setattr(throughput.sysconfig, "get_path", lambda name: str(tmp_path))
    with pytest.raises(BenchError, match=says):
        next(throughput.rows(RECIPE, [1], 1, 0.1, True, lambda part, text: None))


def test_a_package_row_compares_whole_updates_and_takes_each_side_at_its_best() -> None:
    (recipe, batch), *_ = bars.asked_for("package")
    speeds = {"core_one": 90.0, "core_two": 120.0, "package_one": 10.0, "package_two": 6.0}
    row = bars.judged(package.summary(recipe, batch, [{name: {"per_s": each} for name, each in speeds.items()}]))
    assert (row["core_threads"], row["package_threads"], row["package_ratio"]) == (2, 1, 12.0)
    assert row["reached"] == {"package_ratio": True}


def test_without_the_package_the_row_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(name: str) -> str:
        raise package.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(package.metadata, "version", absent)
    (recipe, batch), *_ = bars.asked_for("package")
    (row,) = map(bars.judged, package.rows(recipe, batch, 1, 0.1, lambda part, text: None))
    assert "is not installed" in row["missing"]
    assert row["reached"] == {"package_ratio": False}
    monkeypatch.setattr(package.metadata, "version", lambda name: "0.9")
    assert package.INSTALL in package.missing()


def test_a_topk_row_takes_numpy_in_the_faster_of_its_two_ways() -> None:
    speeds = {"core": 30.0, "numpy_each": 8.0, "numpy_together": 10.0}
    row = bars.judged(topk.summary([{name: {"per_s": each} for name, each in speeds.items()}]))
    assert (row["numpy_per_s"], row["queries_together"], row["numpy_ratio"]) == (10.0, 16, 3.0)
    assert row["reached"] == {"numpy_ratio": True}


def test_both_kinds_of_read_find_the_same_slots() -> None:
    import numpy as np

    from memviz.bench.contenders.argpartition import nearest
    from memviz.ops.topk import topk as read

    keys, queries = topk.drawn({"slots": 200, "width": 8})
    slots, scores = nearest(keys, queries, 5)
    for query, want, score in zip(queries, slots, scores, strict=True):
        ours, close = np.empty(5, np.int64), np.empty(5, np.float32)
        read(keys, query, ours, close)
        np.testing.assert_array_equal(ours, want)
        np.testing.assert_allclose(close, score, rtol=1e-5)


def test_rows_are_json() -> None:
    row = bars.judged(throughput.summary(RECIPE, 16, [answers(8000.0, 400.0)]))
    assert json.loads(json.dumps(row)) == row


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
    """A study's row of one seed."""
    unseen = {str(n): {"exact": 1 - wrong / 1000} for n, wrong in ((40, at_40), (100, at_100))}
    took = {"sequences": sequences, "seconds": sequences / 5000, "wrong_bits": 0.0}
    return {"seed": number, "solved": solved, **took, "unseen": unseen, "curve": [[8, 1.0]]}


def test_a_seed_is_a_studys_cell_that_is_polished_and_tested_at_unseen_lengths() -> None:
    first, second = solve.cells({**RECIPE, "knobs": {"training": {"rate": 1e-3}}}, 2, 9.0)
    assert (first.recipe["seed"], second.recipe["seed"]) == (1000, 1001)
    assert first.recipe["knobs"] == {"training": {"rate": 1e-3, "polish": 20_000}}
    assert first.recipe["until"] == {"solved": True, "seconds": 9.0}
    assert (first.lengths, first.episodes) == ((40, 100), 50)


def test_a_seed_trains_on_as_many_threads_as_are_fastest(monkeypatch: pytest.MonkeyPatch) -> None:
    from memviz.bench import seed as module

    asked: list[Any] = []
    monkeypatch.setattr(module.row, "measure", lambda cell, tell, threads: asked.append(threads) or {})
    assert module.measure(Cell("solve", RECIPE)) == {}
    assert asked == [None]


def test_a_viewers_row_compares_spells_that_took_turns() -> None:
    row = viewers.summary([(1000.0, (900.0, [0.010, 0.030])), (100.0, (95.0, [0.020])), (1000.0, (980.0, []))])
    assert row["watched_share"] == 0.95
    assert row["age_ms"] == 20.0


def test_a_row_of_other_sizes_names_them_and_a_start_has_them(monkeypatch: pytest.MonkeyPatch) -> None:
    sized, said = {**RECIPE, "knobs": {"model": {"N": 16}, "task": {}}}, []

    def memviz(home: str, *words: str) -> Any:
        said.append(words)
        lines = ['{"event": "progress"}']
        return contextlib.nullcontext(SimpleNamespace(stdout=lines))

    monkeypatch.setattr(start.serving, "memviz", memviz)
    start.first_update(sized, "home")
    assert said[0][-2:] == ("--set", "model.N=16")
    monkeypatch.setattr(start, "app_start", lambda home: 0.5)
    (row,) = start.rows(sized, 1, True, lambda part, text: None)
    assert row["knobs"] == viewers.told(sized, "client", [(2.0, (1.0, []))])["knobs"] == {"model": {"N": 16}}


def test_a_page_row_takes_all_gaps_of_all_rounds_together() -> None:
    found = [{"first": 2.0, "gaps": [16.0, 34.0], "white": 0}, {"first": 3.0, "gaps": [50.0], "white": 2}]
    row = page.summary(found)
    assert row == pytest.approx({"first_picture_s": 2.5, "scrub_per_s": 30, "longest_gap_ms": 50, "white_frames": 2})


def test_without_a_browser_the_page_row_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page.serving, "chromium", lambda: contextlib.nullcontext(None))
    (row,) = page.rows(1, lambda share, text: None)
    assert "MEMVIZ_CHROMIUM" in row["missing"]


def test_a_start_row_is_the_median_of_its_rounds(monkeypatch: pytest.MonkeyPatch) -> None:
    trains, apps = iter([12.0, 0.9, 0.5, 0.7]), iter([1.5, 0.6, 0.8])
    monkeypatch.setattr(start, "first_update", lambda recipe, home: next(trains))
    monkeypatch.setattr(start, "app_start", lambda home: next(apps))
    (row,) = start.rows(RECIPE, 3, True, lambda part, text: None)
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
