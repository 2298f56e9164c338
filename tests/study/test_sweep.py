"""The grid of a sweep, and how its rows are summed up."""

from __future__ import annotations

import pytest

from memviz import catalog
from memviz.contracts.errors import ConfigError
from memviz.study.summary import by_arm, convergence, solved
from memviz.study.sweep import arms
from tests.study.conftest import MODEL, TASK


def grid(*settings):
    return arms(catalog.models()[MODEL], catalog.tasks()[TASK], "lesson", settings, {"solved": True}, ())


def test_every_combination_is_an_arm_named_by_what_differs():
    found = grid("N=16,32", "rate=1e-3,3e-3", "hidden=24")
    assert [arm.name for arm in found] == [
        "N=16, rate=1e-3",
        "N=16, rate=3e-3",
        "N=32, rate=1e-3",
        "N=32, rate=3e-3",
    ]
    assert found[1].knobs == {"model": {"N": 16, "hidden": 24}, "task": {}, "training": {"rate": 3e-3}}
    assert [arm.name for arm in grid()] == ["lesson"]
    assert len({cell.key for arm in found for cell in arm.cells(range(3))}) == 12


@pytest.mark.parametrize("setting", ["N", "N=", "N=16,,32", "N=16,0", "no=1", "memory=reset"])
def test_a_setting_that_is_none_is_told_before_anything_trains(setting):
    with pytest.raises(ConfigError):
        grid(setting)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (("N=16,32", "N=64"), r"--set: want every knob once, got model\.N twice"),
        (("N=16,32", "model.N=64,128"), r"got model\.N twice"),
        (("N=16,16",), r"--set: want every value of model\.N once, got 'N=16' again"),
        (("rate=1e-3,0.001",), r"got 'rate=0\.001' again"),
    ],
)
def test_a_knob_or_a_value_named_twice_is_told_before_anything_trains(settings, message):
    with pytest.raises(ConfigError, match=message):
        grid(*settings)


def test_a_length_that_the_task_has_not_is_told_before_anything_trains():
    model, task = catalog.models()[MODEL], catalog.tasks()[TASK]
    with pytest.raises(ConfigError, match="100000"):
        arms(model, task, "lesson", (), {"solved": True}, (100_000,))


def test_the_order_of_the_settings_changes_nothing():
    assert [arm.name for arm in grid("rate=1e-3,3e-3", "N=16,32")] == [
        arm.name for arm in grid("N=16,32", "rate=1e-3,3e-3")
    ]


def row(arm, seed, sequences=None):
    return {"arm": arm, "seed": seed, "solved": sequences is not None, "sequences": sequences or 0, "seconds": 1.0}


def test_what_was_not_solved_counts_as_endless():
    rows = [row("a", 3, 300), row("a", 0), row("a", 1, 100), row("a", 2, 200)]
    found = solved(rows)
    assert (found["solved"], found["seeds"]) == (3, 4)
    assert (found["sequences_low"], found["sequences_median"], found["sequences_high"]) == (100, 250, 300)
    assert solved([row("a", 0), row("a", 1)])["sequences_median"] is None
    assert solved([row("a", 0, 7)])["sequences_high"] == 7


def test_convergence_climbs_to_the_part_that_was_solved():
    rows = [row("a", 0, 30), row("a", 1, 10), row("a", 2)]
    assert convergence(rows) == [(0.0, 0.0), (10.0, pytest.approx(1 / 3)), (30.0, pytest.approx(2 / 3))]


def test_arms_keep_their_order_and_seeds_theirs():
    found = by_arm([row("b", 1, 1), row("a", 0, 1), row("b", 0, 1)], ["a", "b", "c"])
    assert [(arm, [r["seed"] for r in rows]) for arm, rows in found.items()] == [("a", [0]), ("b", [0, 1])]
