"""The runs behind the app's table of what learns what: every model on every task that fits, at the lesson preset.

A study kept in the data folder, so that a recording that was stopped goes on where it was. Each training has one core
and a stated most of seconds. The first seed of every pair comes first; a pair that it does not solve is called hard by
that one seed, and the time goes to the others.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from memviz import catalog
from memviz.bench.stats import Row
from memviz.bench.throughput import Show
from memviz.contracts import places
from memviz.study.book import Book
from memviz.study.cell import Arm, Cell
from memviz.study.executor import Executor, processes
from memviz.training.recipe import plan

TITLE = "What learns what"
FIGURES = ("seed", "solved", "sequences", "seconds", "wrong_bits")


def rows(
    recipes: Iterable[Mapping[str, Any]], seeds: int, seconds: float, show: Show, executor: Executor = processes
) -> Iterator[Row]:
    """One row a training, as assets/results keeps them; those that are kept already are not computed again."""
    arms = {arm.name: arm for arm in (arm_of(recipe, seconds) for recipe in recipes)}
    first = [cell for arm in arms.values() for cell in arm.cells([0])]
    every = [cell for arm in arms.values() for cell in arm.cells(range(seeds))]
    book = Book(places.sweeps() / "bench-table")
    book.begin(TITLE, every, {"command": "memviz bench --rows table", "workers": 1}, replace=True)
    yield from worked(book, first, f"first seeds of {len(arms)} pairs", show, executor)
    solved = {row["arm"] for row in book.rows() if row["seed"] == 0 and row["solved"]}
    more = [cell for cell in every if cell.arm in solved and cell.recipe["seed"]]
    yield from worked(book, more, "further seeds of what was solved", show, executor)


def worked(book: Book, cells: Sequence[Cell], what: str, show: Show, executor: Executor) -> Iterator[Row]:
    """The rows of some cells: each as soon as it is computed, then those that were there before."""
    wanted = {cell.key: cell for cell in cells}
    show(0.0, what)
    for done, row in enumerate(book.work(cells, 1, executor), 1):
        show(done / len(cells), f"{what}: {row['arm']}, seed {row['seed']}")
        yield told(wanted.pop(row["key"]), row)
    for row in book.rows():
        if row["key"] in wanted:
            yield told(wanted[row["key"]], row)


def arm_of(recipe: Mapping[str, Any], seconds: float) -> Arm:
    """The pair's setting of the study."""
    until, knobs = {"solved": True, "seconds": seconds}, recipe.get("knobs", {})
    name = f"{recipe['model']} on {recipe['task']}"
    return Arm(name, recipe["model"], recipe["task"], recipe["preset"], knobs, until=until, episodes=1)


def told(cell: Cell, row: Row) -> Row:
    """A training's result, and what its wrong bits compare with: knowing nothing, and the best possible."""
    recipe = cell.recipe
    setup = plan(recipe, catalog.models(), catalog.tasks()).setup
    chance = setup.task.chance(setup.task_config)["wrong_bits"]
    bound = 0.0 if setup.task.bound is None else setup.task.bound(setup.task_config)["wrong_bits"]
    named = {name: recipe[name] for name in ("model", "task", "preset")}
    limits = {"most_seconds": recipe["until"]["seconds"], "chance": chance, "bound": bound}
    return {"row": "table", **named, **{name: row[name] for name in FIGURES}, **limits}
