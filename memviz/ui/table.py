"""What learns what: the model x task table, computed from the results that ship with memviz."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from statistics import median
from typing import Any

import streamlit as st

from memviz import catalog
from memviz.contracts import places
from memviz.contracts.errors import FileError

# one recorded training: model, task, preset, seed, solved, sequences, seconds, wrong_bits; and where they are recorded
# most_seconds (its budget), chance and bound (wrong bits of a network that knows nothing, and of the best possible)
Result = Mapping[str, Any]
WORKS = 0.8  # of the recorded runs solved
MARKS = {"works": ":material/check_circle:", "hard": ":material/landscape:", "untested": ":material/remove:"}
CAPTION = (
    "**works**: solved, no wrong bit on 100 fresh sequences; medians of sequences and seconds, on one core of the "
    "machine that recorded them. **hard**: not solved within the seconds given; the best wrong bits a sequence, beside "
    "those of a network that knows nothing, and of the best possible answers where they err too. "
    "`memviz bench --rows table` records anew."
)

log = logging.getLogger(__name__)


def table() -> None:
    """A row per task, a column per model that is here."""
    st.markdown(cells(catalog.models(), catalog.tasks(), results()))
    st.caption(CAPTION)


def cells(models: Mapping[str, Any], tasks: Mapping[str, Any], found: Iterable[Result]) -> str:
    """The table in markdown."""
    known = list(found)
    lines = [["Task", *(model.title for model in models.values())], ["---"] * (1 + len(models))]
    lines += [
        [f"**{task.title}**", *(cell(of(known, model, task.name)) for model in models)] for task in tasks.values()
    ]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


@cache
def results() -> tuple[Result, ...]:
    """Every recorded training of assets/results/*.json; a damaged file is logged and left out."""
    try:
        files = sorted(places.asset("results").glob("*.json"))
    except FileError:  # none were shipped
        return ()
    found: list[Result] = []
    for path in files:
        try:
            found += [
                r for r in json.loads(path.read_text(encoding="utf-8")) if {"model", "task", "solved"} <= r.keys()
            ]
        except (OSError, ValueError, AttributeError, TypeError):
            log.exception("a recorded result cannot be read: %s", path)
    return tuple(found)


def of(found: Iterable[Result], model: str, task: str) -> list[Result]:
    """The results of one model on one task."""
    return [result for result in found if (result["model"], result["task"]) == (model, task)]


def cell(runs: Sequence[Result]) -> str:
    """works, hard or untested, with the figures behind it."""
    word = verdict(runs)
    return f"{MARKS[word]} {word}" + {"works": _took, "hard": _missed, "untested": lambda runs: ""}[word](runs)


def verdict(runs: Sequence[Result]) -> str:
    """works, hard or untested."""
    if not runs:
        return "untested"
    return "works" if sum(run["solved"] for run in runs) >= WORKS * len(runs) else "hard"


def _took(runs: Sequence[Result]) -> str:
    solved = [run for run in runs if run["solved"]]
    sequences, seconds = (median(run[name] for run in solved) for name in ("sequences", "seconds"))
    of_seeds = "" if len(solved) == len(runs) else f"; {len(solved)} of {len(runs)} seeds"
    return f" :small[{sequences:,.0f} sequences, {seconds:.1f} s{of_seeds}]"


def _missed(runs: Sequence[Result]) -> str:
    solved = sum(run["solved"] for run in runs)
    most = max((run.get("most_seconds", 0) for run in runs), default=0)
    within = f" within {most:g} s" if most else ""
    best = min(runs, key=lambda run: run.get("wrong_bits", float("inf")))
    beside = [f"{name} {best[key]:.3g}" for key, name in (("chance", "chance"), ("bound", "best")) if best.get(key)]
    wrong = f"; {best['wrong_bits']:.3g} wrong bits ({', '.join(beside)})" if beside else ""
    return f" :small[{solved} of {len(runs)} solved{within}{wrong}]"
