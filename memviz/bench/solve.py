"""Sequences and seconds until a task is solved, over fresh seeds, and what becomes of longer sequences then."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from memviz.bench.rounds import Answer, Contender
from memviz.bench.stats import Row, spread

SOLVER = "memviz.bench.contenders.solver"
POLISH = 20_000  # sequences to go on after it is solved, at a falling rate
LENGTHS = (40, 100)
FIRST_SEED = 1000  # no setting was chosen on seeds from here on


def rows(recipe: Mapping[str, Any], seeds: int, seconds: float, show: Callable[[float, str], None]) -> Iterator[Row]:
    """One row over all seeds; every seed is solved in a process of its own, one after the other."""
    answers = []
    for place in range(seeds):
        show(place / seeds, f"seed {place + 1} of {seeds}: {recipe['model']} on {recipe['task']}")
        answers.append(solve(recipe, FIRST_SEED + place, seconds))
    yield summary(recipe, answers)


def solve(recipe: Mapping[str, Any], seed: int, seconds: float, polish: int = POLISH) -> Answer:
    """One seed; a run that diverges or dies is an error."""
    own = recipe.get("knobs", {})
    knobs = {**own, "training": {**own.get("training", {}), "polish": polish}}
    settings = {**recipe, "seed": seed, "knobs": knobs}
    contender = Contender(f"seed {seed}", SOLVER, {"recipe": settings, "lengths": LENGTHS if polish else ()}, {})
    try:
        return contender.measure(seconds)
    finally:
        contender.close()


def summary(recipe: Mapping[str, Any], answers: list[Answer]) -> Row:
    """How many seeds were solved, how fast, and how many of them make no error at each unseen length."""
    solved = [answer for answer in answers if answer["solved"]]
    return {
        "row": "solve",
        **{name: recipe[name] for name in ("model", "task", "preset")},
        "seeds": len(answers),
        "solved": len(solved),
        **{f"sequences_{name}": value for name, value in spread(a["sequences"] for a in solved).items()},
        **{f"seconds_{name}": value for name, value in spread(a["seconds"] for a in solved).items()},
        **{f"exact_at_{n}": sum(a["unseen"].get(str(n)) == 0 for a in answers) for n in LENGTHS},
        "each": answers,
    }


def recorded(
    recipe: Mapping[str, Any], seeds: int, seconds: float, show: Callable[[float, str], None]
) -> Iterator[Row]:
    """One row per seed, as assets/results keeps them: whether it was solved within the seconds, and how fast."""
    for seed in range(seeds):
        show(seed / seeds, f"seed {seed + 1} of {seeds}: {recipe['model']} on {recipe['task']}")
        answer = solve(recipe, seed, seconds, polish=0)
        figures = {name: answer[name] for name in ("solved", "sequences", "seconds")}
        named = {name: recipe[name] for name in ("model", "task", "preset")}
        yield {"row": "table", **named, "seed": seed, **figures, "wrong_bits": answer["wrong_bits"]}
