"""In which order slots were written, and how reads follow it: the links at one step, the modes and their weightings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from memviz.contracts.panel import Panel
from memviz.contracts.signal import Signal
from memviz.contracts.view import View
from memviz.views.sides import having, words

LINK, MODE, WAYS = ("t", "slot", "slot"), ("t", "read", "mode"), ("t", "read", "slot")


def panels(signals: Mapping[str, Signal]) -> list[Panel]:
    """A matrix per link, a strip per mode, and with a mode a picture of every way that it chooses from."""
    links, modes = having(signals, "link", LINK), having(signals, "distribution", MODE)
    ways = having(signals, "weighting", WAYS)[:-1] if modes else []
    found = [_matrix(name, signals[name].doc) for name in links]
    found += [_over_time(name, f"row = mode ({signals[name].doc}), column = step", rows="mode") for name in modes]
    found += [_over_time(name, f"row = slot, column = step; {signals[name].doc}", rows="slot") for name in ways]
    return [Panel(order=order, **panel) for order, panel in enumerate(found)]


def _matrix(name: str, doc: str) -> dict[str, Any]:
    where = {"signal": name, "rows": "slot", "columns": "slot", "reduce": (("at", "t"),), "cursor": None}
    legend = f"row = slot, column = slot; {doc}"
    return {**_common(name, legend), **where, "role": "plain"}


def _over_time(name: str, legend: str, rows: str) -> dict[str, Any]:
    where = {"signal": name, "rows": rows, "columns": "t", "reduce": (("take", "read"),)}
    return {**_common(name, legend), **where, "role": "read"}


def _common(name: str, legend: str) -> dict[str, Any]:
    shown = {"title": words(name), "legend": legend, "form": "heatmap", "scale": "unit"}
    return {"id": f"linkage.{name}", "group": "links", **shown}


VIEW = View(
    name="linkage",
    title="Links",
    doc="Which slot was written after which, and whether a read goes back, by content or forward along them.",
    needs={"link": ("link", LINK), "mode": ("distribution", MODE), "ways": ("weighting", WAYS)},
    panels=panels,
)
