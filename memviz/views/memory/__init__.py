"""The memory's contents at one step, its slots in the same rows as the weightings'."""

from __future__ import annotations

from collections.abc import Mapping

from memviz.contracts.panel import Panel
from memviz.contracts.signal import Signal
from memviz.contracts.view import View
from memviz.views.sides import MEMORY_ORDER, having, words

DIMS = ("t", "slot", "word")


def panels(signals: Mapping[str, Signal]) -> list[Panel]:
    """One picture per memory that the trace declares."""
    return [
        Panel(
            id=f"memory.{name}",
            group="memory",
            order=MEMORY_ORDER + place,
            title=words(name),
            legend="row = slot, column = word",
            form="heatmap",
            signal=name,
            rows="slot",
            columns="word",
            scale="signed",
            reduce=(("at", "t"),),
            cursor=None,
        )
        for place, name in enumerate(having(signals, "memory", DIMS))
    ]


VIEW = View(
    name="memory",
    title="Memory",
    doc="What every slot holds after the chosen step.",
    needs={"memory": ("memory", DIMS)},
    panels=panels,
)
