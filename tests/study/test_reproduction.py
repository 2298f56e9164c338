"""Every reproduction plans all its trainings, computes figures, and what ships can be computed again."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from memviz import catalog
from memviz.contracts.errors import CatalogError
from memviz.study.reproduction import every, kept, named, result
from memviz.study.row import measure
from memviz.study.summary import by_arm
from memviz.training.recipe import plan


@pytest.mark.parametrize("name", list(every()))
def test_every_training_of_a_reproduction_can_be_planned(name):
    for cell in every()[name].cells(1):
        assert plan(cell.recipe, catalog.models(), catalog.tasks()).until.updates or cell.recipe["until"]


@pytest.mark.parametrize("name", list(every()))
def test_figures_follow_from_rows_of_the_smallest_trainings(name):
    """Two updates instead of thousands: the figures are computed, and none of them can be good."""
    one = every()[name]
    cells = [replace(cell, recipe={**cell.recipe, "until": {"updates": 2}}, episodes=1) for cell in one.cells(1)]
    rows = by_arm([measure(cell) for cell in cells], [arm.name for arm in one.arms])
    told = result(one, rows, "command")
    assert json.loads(json.dumps(told)) == told
    assert told["figures"]
    assert not all(figure["holds"] for figure in told["figures"])


@pytest.mark.parametrize("told", kept(), ids=lambda told: told["name"])
def test_a_row_that_ships_comes_out_again(told):
    """The quickest row; another processor rounds differently, so there only the verdict must be the same."""
    cells = {cell.key: cell for cell in named(told["name"]).cells()}
    row = min((row for row in told["rows"] if row["key"] in cells), key=lambda row: row["seconds"])
    again = measure(cells[row["key"]])
    assert again["solved"] == row["solved"]
    if told["versions"] == result(named(told["name"]), by_arm(told["rows"]), "")["versions"]:
        assert again["sequences"] == row["sequences"]
        assert again["curve"] == row["curve"]


def test_an_unknown_name_is_told_with_those_there_are():
    with pytest.raises(CatalogError, match="memory_initialisation"):
        named("nothing")
