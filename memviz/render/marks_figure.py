"""Marks as plotly traces, written as plain dicts: the timeline of events, keys with queries, answers by phase."""

from __future__ import annotations

from typing import Any

import numpy as np

from memviz.contracts.panel import Panel
from memviz.render.answers import answers
from memviz.render.colours import SEQUENTIAL
from memviz.render.projection import longest, project, words
from memviz.render.timeline import Mark, marks

# what a mark is called -> (shape, role, shade, size); the shape says it without the colour, as in scope/js/timeline.js,
# and an eviction reaches beyond the write that takes its place
SHAPES = {
    "write": ("square", "write", 1, 8),
    "hit": ("circle-open", "read", 1, 9),
    "read": ("circle-open", "read", 1, 9),
    "miss": ("x-thin-open", "plain", 1, 7),
    "evict": ("x-thin-open", "plain", 2, 13),
    "evict, asked for again": ("square-x-open", "plain", 2, 15),
}
OTHER = ("circle", "plain", 1, 6)


def timeline_traces(trace: Any, slots: int, theme: str) -> list[dict[str, Any]]:
    """One trace per sort of mark, row = slot; what has no slot lies in the lane below the last."""
    sorts: dict[str, list[Mark]] = {}
    for mark in marks(trace):
        name = f"{mark.name}, asked for again" if mark.again is not None else mark.name
        sorts.setdefault(name, []).append(mark)
    return [_sort(name, found, slots, theme) for name, found in sorts.items()]


def _sort(name: str, found: list[Mark], slots: int, theme: str) -> dict[str, Any]:
    shape, role, shade, size = SHAPES.get(name, OTHER)
    colour = SEQUENTIAL[theme][role][shade]
    said = [
        mark.text + (f"<br>asked for again at t = {mark.again}" if mark.again is not None else "") for mark in found
    ]
    return {
        "type": "scatter",
        "mode": "markers",
        "name": name,
        "x": [mark.t for mark in found],
        "y": [slots if mark.slot is None else mark.slot for mark in found],
        "marker": {"symbol": shape, "color": colour, "size": size, "line": {"width": 2, "color": colour}},
        "hovertext": said,
        "hovertemplate": "t = %{x}<br>%{hovertext}<extra></extra>",
    }


def key_traces(panel: Panel, trace: Any, t: int, theme: str) -> tuple[list[dict[str, Any]], float, tuple[str, str]]:
    """Keys at t, queries before t and at t; how far the axes reach; the axes' titles."""
    projection = project(panel, trace)
    keys, queries = words(panel, trace)
    t = min(t, len(keys) - 1)
    top = longest(queries.reshape(-1, queries.shape[-1]))
    slots = projection.points(keys[t], longest(keys[t]))
    before = projection.points(queries[:t].reshape(-1, queries.shape[-1]), top)
    ink, hue = SEQUENTIAL[theme]["plain"][1], SEQUENTIAL[theme]["read"][1]
    found = [
        _points("earlier queries", before, {"symbol": "circle-open", "color": hue, "size": 6, "opacity": 0.35}),
        _points("slots", slots, {"color": ink, "size": 8}, [f"slot {n}" for n in range(len(slots))]),
        _points("query", projection.points(queries[t], top), {"symbol": "circle-open", "color": hue, "size": 14}),
    ]
    first, second = (f"{100 * share:.0f} % of the spread" for share in projection.share)
    return found, projection.bound, (first, second)


def phase_traces(panel: Panel, trace: Any, theme: str) -> list[dict[str, Any]]:
    """One bar a phase."""
    found = answers(panel, trace)
    bars = {"y": [each.phase for each in found], "x": [each.right / each.total for each in found], "orientation": "h"}
    said = {"text": [f"{each.right:.4g} of {each.total}" for each in found], "hovertemplate": "%{text}<extra></extra>"}
    return [{"type": "bar", **bars, **said, "marker": {"color": SEQUENTIAL[theme]["plain"][1]}}]


def _points(name: str, at: np.ndarray, marker: dict[str, Any], names: list[str] | None = None) -> dict[str, Any]:
    hover = "%{text}<extra></extra>" if names else f"{name}<extra></extra>"
    said = {"text": names, "textposition": "middle right"} if names else {}
    mode = "markers+text" if names else "markers"
    where = {"x": at[:, 0], "y": at[:, 1], "marker": {**marker, "line": {"width": 2}}}
    return {"type": "scatter", "mode": mode, "name": name, "hovertemplate": hover, **where, **said}
