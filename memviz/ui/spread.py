"""How the seeds of several settings converge: the part that has solved the task by so many sequences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from memviz.study.row import Row
from memviz.study.summary import convergence, solved

SPEC: dict[str, Any] = {
    "mark": {"type": "line", "interpolate": "step-after", "strokeWidth": 2, "point": {"size": 18}},
    "height": 260,
    "encoding": {
        "y": {
            "field": "part",
            "type": "quantitative",
            "title": "part of the seeds that solved it",
            "scale": {"domain": [0, 1]},
            "axis": {"format": "%"},
        },
        "color": {"field": "setting", "type": "nominal", "sort": None, "title": None, "legend": {"orient": "top"}},
        "strokeDash": {"field": "setting", "type": "nominal", "sort": None, "title": None},
    },
}


def chart(arms: Mapping[str, Sequence[Row]], seeds: Mapping[str, int] | None = None) -> None:
    """A line per setting that climbs by one seed wherever one was solved; `seeds`: how many there will be of each."""
    longest = max((float(row["sequences"]) for rows in arms.values() for row in rows), default=0.0)
    points = []
    for name, rows in arms.items():
        steps = convergence(rows, (seeds or {}).get(name))
        points += [{"setting": name, "sequences": at, "part": part} for at, part in [*steps, (longest, steps[-1][1])]]
    st.vega_lite_chart(points, {**SPEC, "encoding": {**SPEC["encoding"], "x": _across(longest)}}, width="stretch")


def _across(longest: float) -> dict[str, Any]:
    """The axis of the sequences, which stands before the data are there."""
    scale = {"domain": [0, max(1.0, longest)]}
    return {"field": "sequences", "type": "quantitative", "title": "sequences trained on", "scale": scale}


def table(arms: Mapping[str, Sequence[Row]]) -> None:
    """A line per setting: seeds solved, and the quartiles of the sequences that took."""
    lines = ["| Setting | Solved | Sequences, median | middle half | Seconds |", "|---|---|---|---|---|"]
    for name, rows in arms.items():
        one = solved(rows)
        low, middle, high = (_number(one[f"sequences_{word}"]) for word in ("low", "median", "high"))
        seconds = "" if one["seconds_median"] is None else f"{one['seconds_median']:.1f}"
        lines.append(f"| {name} | {one['solved']} of {one['seeds']} | {middle} | {low} to {high} | {seconds} |")
    st.markdown("\n".join(lines))


def _number(value: float | None) -> str:
    return "never" if value is None else f"{value:,.0f}"
