"""The words that pass between controller and memory at one step: erase, add, keys and what was read."""

from __future__ import annotations

from collections.abc import Mapping

from memviz.contracts.panel import Panel
from memviz.contracts.signal import Signal
from memviz.contracts.view import View
from memviz.views.sides import MEMORY_ORDER, by_side, words

DIMS = ("t", "head", "word")
SCALES = {"gate": "unit", "vector": "signed"}


def panels(signals: Mapping[str, Signal]) -> list[Panel]:
    """A strip per signal in the memory's columns: what is written above the memory, what is read below it."""
    found = [
        (side, name, scale)
        for kind, scale in SCALES.items()
        for side, names in by_side(signals, kind, DIMS)
        for name in names
    ]
    declared = list(signals)
    return [
        Panel(
            id=f"vectors.{name}",
            group="memory",
            order=(declared.index(name) - len(declared))
            if side == "write"
            else MEMORY_ORDER + 10 + declared.index(name),
            title=words(name),
            legend=f"row = {side} head, column = word",
            form="heatmap",
            signal=name,
            rows=side,
            columns="word",
            scale=scale,
            reduce=(("at", "t"),),
            role=side,
            cursor=None,
        )
        for side, name, scale in found
    ]


VIEW = View(
    name="vectors",
    title="Words in and out",
    doc="What is erased, added, searched for and read at the chosen step, in the memory's columns.",
    needs={kind: (kind, DIMS) for kind in SCALES},
    panels=panels,
)
