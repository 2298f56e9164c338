"""Sequences and seconds until a task is solved, over fresh seeds, and what becomes of longer sequences then.

Each seed is a cell of a study and its answer the study's row. They are not kept in a book: a benchmark measures anew.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

from memviz.bench.stats import Row, spread
from memviz.bench.throughput import Show, named
from memviz.study.cell import Arm, Cell
from memviz.study.executor import processes
from memviz.study.row import work

POLISH = 20_000  # sequences to go on after it is solved, at a falling rate
LENGTHS = (40, 100)
EPISODES = 50  # of each
FIRST_SEED = 1000  # no setting was chosen on seeds from here on
EACH = ("seed", "solved", "sequences", "seconds", "wrong_bits", "unseen")


def rows(recipe: Mapping[str, Any], seeds: int, seconds: float, show: Show) -> Iterator[Row]:
    """One row over all seeds, which are solved one after the other in a process beside this one."""
    tasks = [(work, (json.dumps(asdict(cell)), None)) for cell in cells(recipe, seeds, seconds)]
    answers: list[Row] = []
    show(0.0, f"{recipe['model']} on {recipe['task']}: the first of {seeds} seeds")
    for _, text in processes(tasks, 1):
        answers.append(json.loads(text))
        show(len(answers) / seeds, f"{recipe['model']} on {recipe['task']}: {len(answers)} of {seeds} seeds")
    yield summary(recipe, answers)


def cells(recipe: Mapping[str, Any], seeds: int, seconds: float) -> list[Cell]:
    """One a seed: solve it within the seconds, polish, look at lengths it never saw."""
    own, until = recipe.get("knobs", {}), {"solved": True, "seconds": seconds}
    knobs = {**own, "training": {**own.get("training", {}), "polish": POLISH}}
    arm = Arm("solve", recipe["model"], recipe["task"], recipe["preset"], knobs, LENGTHS, until, EPISODES)
    return [replace(cell, measure="memviz.bench.seed") for cell in arm.cells(range(FIRST_SEED, FIRST_SEED + seeds))]


def summary(recipe: Mapping[str, Any], answers: Sequence[Row]) -> Row:
    """How many seeds were solved, how fast, and how many of them make no error at each unseen length."""
    solved = [answer for answer in answers if answer["solved"]]
    return {
        "row": "solve",
        **named(recipe),
        "seeds": len(answers),
        "solved": len(solved),
        **{f"sequences_{name}": value for name, value in spread(a["sequences"] for a in solved).items()},
        **{f"seconds_{name}": value for name, value in spread(a["seconds"] for a in solved).items()},
        **{f"exact_at_{n}": sum(a["unseen"][str(n)]["exact"] == 1 for a in answers) for n in LENGTHS},
        "each": [{name: answer[name] for name in EACH} for answer in answers],
    }
