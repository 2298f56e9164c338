"""What learns what: the model x task table, computed from the results that ship with memviz."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Mapping
from functools import cache
from statistics import median
from typing import Any

import streamlit as st

from memviz import catalog
from memviz.contracts import places
from memviz.contracts.errors import FileError

Result = Mapping[str, Any]  # one recorded training: model, task, preset, seed, solved, sequences, seconds
WORKS = 0.8  # of the recorded runs solved

log = logging.getLogger(__name__)


def table() -> None:
    """A row per task that is here, a column per model."""
    models, tasks = catalog.models().values(), catalog.tasks().values()
    lines = [["Task", *(model.title for model in models)], ["---"] * (1 + len(models))]
    lines += [[task.title, *(cell(of(results(), model.name, task.name)) for model in models)] for task in tasks]
    st.markdown("\n".join(f"| {' | '.join(line)} |" for line in lines))
    st.caption(
        "Of the recorded runs at least 8 in 10 solved it: works. Medians of the runs that solved it, on the machine "
        "that recorded them; `memviz bench` measures yours."
    )


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


def cell(runs: list[Result]) -> str:
    """works, hard or untested, in markdown, with the figures behind it."""
    if not runs:
        return ":gray[untested]"
    solved = [run for run in runs if run["solved"]]
    word = "works" if len(solved) >= WORKS * len(runs) else "hard"
    said = f"**{word}**, {len(solved)} of {len(runs)}"
    if solved:
        sequences, seconds = (median(run[name] for run in solved) for name in ("sequences", "seconds"))
        said += f": {sequences:,.0f} sequences, {seconds:.1f} s"
    return said
