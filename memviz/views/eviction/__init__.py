"""What became of every slot: writes, hits, misses and evictions as marks, slots down, steps across."""

from __future__ import annotations

from collections.abc import Mapping

from memviz.contracts.panel import Panel
from memviz.contracts.signal import Signal
from memviz.contracts.view import View
from memviz.views.sides import having

DIMS = ("t", "slot", "word")


def panels(signals: Mapping[str, Signal]) -> list[Panel]:
    """One timeline of the trace's events, on the slots of the first memory."""
    return [
        Panel(
            id=f"eviction.{name}",
            group="events",
            order=0,
            title="Events",
            legend="row = slot, column = step",
            form="events",
            signal=name,
            rows="slot",
            columns="t",
            scale="unit",
            reduce=(("take", "word"),),
        )
        for name in having(signals, "memory", DIMS)[:1]
    ]


VIEW = View(
    name="eviction",
    title="Events",
    doc="What was thrown out, when, by which rule, and whether it was asked for again.",
    needs={"memory": ("memory", DIMS)},
    panels=panels,
)
