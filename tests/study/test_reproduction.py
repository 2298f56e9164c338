"""Every reproduction plans all its trainings, computes figures, and what ships can be computed again."""

from __future__ import annotations

import json
from dataclasses import asdict, replace

import pytest

from memviz import catalog
from memviz.contracts.errors import CatalogError
from memviz.study.reproduction import every, kept, named, result
from memviz.study.row import work
from memviz.study.summary import by_arm
from memviz.training.recipe import plan


def row_of(cell):
    """The row of a cell, computed here."""
    return json.loads(work(json.dumps(asdict(cell)), None))


@pytest.mark.parametrize("name", list(every()))
def test_every_training_of_a_reproduction_can_be_planned(name):
    cells = every()[name].cells(1)
    assert len({cell.key for cell in cells}) == len(cells)
    for cell in cells:
        if "model" in cell.recipe:
            plan(cell.recipe, catalog.models(), catalog.tasks())


@pytest.mark.parametrize("name", list(every()))
def test_figures_follow_from_the_rows(name):
    """Two updates instead of thousands: figures are computed, and where a training is claimed to succeed none holds."""
    one = every()[name]
    cells = [replace(cell, recipe={**cell.recipe, "until": {"updates": 2}}, episodes=1) for cell in one.cells(1)]
    told = result(one, by_arm(map(row_of, cells), [arm.name for arm in one.arms]), "command")
    assert json.loads(json.dumps(told)) == told
    assert told["figures"]
    assert not all(figure["holds"] for figure in told["figures"]) or "model" not in cells[0].recipe


@pytest.mark.parametrize("told", kept(), ids=lambda told: told["name"])
def test_a_row_that_ships_comes_out_again(told):
    """The quickest row; another processor rounds differently, so there only the verdict must be the same."""
    cells = {cell.key: cell for cell in named(told["name"]).cells()}
    row = min((row for row in told["rows"] if row["key"] in cells), key=lambda row: row.get("seconds", 0))
    again = row_of(cells[row["key"]])
    assert again.get("solved") == row.get("solved")
    if told["versions"] == result(named(told["name"]), by_arm(told["rows"]), "")["versions"]:
        assert {**again, "seconds": 0} == {**row, "seconds": 0}


def test_an_unknown_name_is_told_with_those_there_are():
    with pytest.raises(CatalogError, match="memory_initialisation"):
        named("nothing")
