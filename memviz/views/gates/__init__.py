"""The few numbers by which a head steers: gates, strengths and the shift, on the common time axis."""

from __future__ import annotations

from collections.abc import Mapping

from memviz.contracts.panel import Panel
from memviz.contracts.signal import Signal
from memviz.contracts.view import View
from memviz.views.sides import by_side, words

NUMBERS = {"gate": "unit", "strength": "positive"}  # kind -> scale
SHIFT = ("t", "head", "shift")


def panels(signals: Mapping[str, Signal]) -> list[Panel]:
    """A line per gate and strength and a strip per shift distribution, of the chosen head."""
    found = [
        (side, name, scale, None)
        for kind, scale in NUMBERS.items()
        for side, names in by_side(signals, kind, ("t", "head"))
        for name in names
    ]
    found += [
        (side, name, "unit", "shift") for side, names in by_side(signals, "distribution", SHIFT) for name in names
    ]
    declared = list(signals)
    return [
        Panel(
            id=f"gates.{name}",
            group="gates",
            order=declared.index(name),
            title=words(name),
            legend="row = offset, column = step" if rows else "height = value, column = step",
            form="heatmap" if rows else "lines",
            signal=name,
            rows=rows,
            columns="t",
            scale=scale,
            reduce=(("take", side),),
            role=side,
        )
        for side, name, scale, rows in found
    ]


VIEW = View(
    name="gates",
    title="Gates",
    doc="How strongly a head searches, holds, moves and sharpens at every step.",
    needs={kind: (kind, ("t", "head")) for kind in NUMBERS} | {"shift": ("distribution", SHIFT)},
    panels=panels,
)
