"""Every reproduction plans all its trainings, computes figures, and what ships can be computed again."""

from __future__ import annotations

import json
from dataclasses import asdict, replace

import pytest

from memviz import catalog
from memviz.contracts.errors import CatalogError
from memviz.study.executor import processes
from memviz.study.reproduction import kept, result
from memviz.study.row import work
from memviz.study.summary import by_arm
from memviz.training.recipe import plan
from memviz.training.warm import ensure_warm


def row_of(cell):
    """The row of a cell, computed here."""
    return json.loads(work(json.dumps(asdict(cell)), None))


@pytest.mark.parametrize("name", catalog.reproductions().names)
def test_every_training_of_a_reproduction_can_be_planned(name):
    cells = catalog.reproductions()[name].cells(1)
    assert len({cell.key for cell in cells}) == len(cells)
    for cell in cells:
        if "model" in cell.recipe:
            plan(cell.recipe, catalog.models(), catalog.tasks())


WITHOUT_VERDICT = ("dnc_switches", "eviction")
UNLEARNT = ("(holds at none)", "the same in a new process")  # true of networks that have learnt nothing


@pytest.mark.parametrize("name", catalog.reproductions().names)
def test_figures_follow_from_the_rows(name):
    """Two updates instead of thousands: figures are computed, and no network is said to have learnt anything."""
    one = catalog.reproductions()[name]
    cells = [replace(cell, recipe={**cell.recipe, "until": {"updates": 2}}, episodes=1) for cell in one.cells(1)]
    told = result(one, by_arm(map(row_of, cells), [arm.name for arm in one.arms]), "command")
    assert json.loads(json.dumps(told)) == told
    assert told["figures"]
    judged = {figure["what"]: figure["holds"] for figure in told["figures"] if figure["holds"] is not None}
    assert bool(judged) == (name not in WITHOUT_VERDICT)
    assert judged == {what: any(sign in what for sign in UNLEARNT) for what in judged}


def as_recorded(cell):
    """The row of a cell as `memviz reproduce` computes it: in a process that has only loaded kernels, compiled none."""
    if "model" in cell.recipe:
        ensure_warm(cell.recipe["model"], cell.recipe["task"])
    ((_, text),) = processes([(work, (json.dumps(asdict(cell)), None))], 1)
    return json.loads(text)


@pytest.mark.parametrize("told", kept(), ids=lambda told: told["name"])
def test_a_row_that_ships_comes_out_again(told):
    """The quickest row; another processor rounds differently, so there only what is counted must be the same."""
    cells = {cell.key: cell for cell in catalog.reproductions()[told["name"]].cells()}
    row = min((row for row in told["rows"] if row["key"] in cells), key=lambda row: row.get("seconds", 0))
    again = as_recorded(cells[row["key"]])
    alike(again, row)
    if told["versions"] == result(catalog.reproductions()[told["name"]], by_arm(told["rows"]), "")["versions"]:
        same = dict.fromkeys(("seconds", "build"))  # the build may differ in code that this row does not use
        assert {**again, **same} == {**row, **same}


RATES = ("accuracy", "first", "adaptation", "retention")
NEAR = 0.15  # about what two seeds of a network that is trained so long differ by


def alike(again, row):
    """What no rounding changes is the same, and rates are near."""
    for name in ("solved", "hit_rates", "numbers", "same"):
        assert again.get(name) == row.get(name)
    found, told = again.get("scores", {}), row.get("scores", {})
    assert found.keys() == told.keys()
    assert found.get("answers") == told.get("answers")
    for name in (name for name in told if name.startswith(RATES)):
        assert found[name] == pytest.approx(told[name], abs=NEAR), name


def test_rows_are_not_alike_when_what_was_counted_differs():
    row = {"hit_rates": {"lru": 0.5}, "scores": {"answers": 9.0, "retention": 1.0}}
    alike(row, row)
    for other in (
        {**row, "hit_rates": {"lru": 0.5005}},
        {**row, "scores": {"answers": 9.0, "retention": 0.8}},
        {**row, "scores": {"answers": 8.0, "retention": 1.0}},
    ):
        with pytest.raises(AssertionError):
            alike(other, row)


@pytest.mark.parametrize("told", kept(), ids=lambda told: told["name"])
def test_the_figures_that_ship_follow_from_the_rows_that_ship(told):
    one = catalog.reproductions()[told["name"]]
    again = result(one, by_arm(told["rows"], [arm.name for arm in one.arms]), told["command"])
    assert again["figures"] == told["figures"]


def test_an_unknown_name_is_told_with_those_there_are():
    with pytest.raises(CatalogError, match="memory_initialisation"):
        catalog.reproductions()["nothing"]


def rows_of(one, solved):
    """Rows as trainings would give them: solved soon without an error, or not at all."""
    wrong = 0.0 if solved else 3.0
    scores = {"wrong_bits": wrong, "exact": float(solved), "answers": 320.0}
    made = {"solved": solved, "sequences": 1000, "seconds": 1.0, "wrong_bits": wrong, "scores": scores}
    return {
        arm.name: [
            {**made, "seed": i, "arm": arm.name, "unseen": dict.fromkeys(map(str, arm.lengths), scores)}
            for i in range(10)
        ]
        for arm in one.arms
    }


def test_a_claim_holds_for_good_rows_and_not_for_bad_ones():
    one = catalog.reproductions()["copy"]
    good, bad = rows_of(one, True), rows_of(one, False)
    figures = {figure.what: figure.holds for figure in one.figures({**good, "lstm": bad["lstm"]})}
    assert set(figures.values()) == {True, None}
    turned = {figure.what: figure.holds for figure in one.figures({**bad, "lstm": good["lstm"]})}
    assert [turned[what] for what, holds in figures.items() if holds] == [False] * 3 + [True]  # 3 bits of 320 are few


@pytest.mark.parametrize(
    ("lucky", "middle", "holds"), [(0, "never", True), (1, "more than half never", False), (5, "half never", False)]
)
def test_a_random_start_never_learns_only_where_no_seed_did(lucky, middle, holds):
    one = catalog.reproductions()["memory_initialisation"]
    good, bad = rows_of(one, True), rows_of(one, False)
    rows = {"constant": good["constant"], "learned": bad["learned"]}
    rows["random"] = good["random"][:lucky] + bad["random"][lucky:]
    figure = one.figures(rows)[-1]
    assert figure.ours == f"1,000, never, {middle}; random: {lucky} of 10 solved"
    assert figure.holds == holds
