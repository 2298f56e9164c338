"""How full every slot is, and what frees it: usage and retention over the episode, and the gates that release slots."""

from __future__ import annotations

from collections.abc import Mapping

from memviz.contracts.panel import Panel
from memviz.contracts.signal import Signal
from memviz.contracts.view import View
from memviz.views.sides import having, words

SLOTS, READS = ("t", "slot"), ("t", "read")


def panels(signals: Mapping[str, Signal]) -> list[Panel]:
    """A picture per share of a slot in use or kept; with a usage, a line per gate of the reading heads."""
    used, kept = having(signals, "usage", SLOTS), having(signals, "gate", SLOTS)
    found = [_slots(name, signals[name].doc, order) for order, name in enumerate([*used, *kept])]
    gates = having(signals, "gate", READS) if used else []
    return found + [_gate(name, len(found) + order) for order, name in enumerate(gates)]


def _slots(name: str, doc: str, order: int) -> Panel:
    return Panel(
        id=f"usage.{name}",
        group="usage",
        order=order,
        title=words(name),
        legend=f"row = slot, column = step; {doc}",
        form="heatmap",
        signal=name,
        rows="slot",
        columns="t",
        scale="unit",
    )


def _gate(name: str, order: int) -> Panel:
    return Panel(
        id=f"usage.{name}",
        group="usage",
        order=order,
        title=words(name),
        legend="height = value, column = step",
        form="lines",
        signal=name,
        rows=None,
        columns="t",
        scale="unit",
        reduce=(("take", "read"),),
        role="read",
    )


VIEW = View(
    name="usage",
    title="Usage",
    doc="How much of every slot is in use, and which reads release theirs.",
    needs={"usage": ("usage", SLOTS), "kept": ("gate", SLOTS), "freed": ("gate", READS)},
    panels=panels,
)
