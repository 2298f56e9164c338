"""Where the chosen head could write and what decides: every candidate over the episode, and the gates between them."""

from __future__ import annotations

from collections.abc import Mapping

from memviz.contracts.panel import Panel
from memviz.contracts.signal import Signal
from memviz.contracts.view import View
from memviz.views.sides import having, words

CANDIDATES, GATES, SLOTS = ("t", "write", "slot"), ("t", "write"), ("t", "slot")


def panels(signals: Mapping[str, Signal]) -> list[Panel]:
    """A picture per candidate and a line per gate, where slots are allocated: where a usage of slots is declared.

    The last weighting declared is where the head writes; those before it are the candidates.
    """
    if not having(signals, "usage", SLOTS) + having(signals, "score", SLOTS):
        return []
    candidates, gates = having(signals, "weighting", CANDIDATES)[:-1], having(signals, "gate", GATES)
    if not candidates or not gates:
        return []
    found = [(name, "heatmap", "slot") for name in candidates] + [(name, "lines", None) for name in gates]
    return [
        Panel(
            id=f"allocation.{name}",
            group="allocation",
            order=order,
            title=words(name),
            legend=f"{'row = slot' if rows else 'height = value'}, column = step; {signals[name].doc}",
            form=form,
            signal=name,
            rows=rows,
            columns="t",
            scale="unit",
            reduce=(("take", "write"),),
            role="write",
        )
        for order, (name, form, rows) in enumerate(found)
    ]


VIEW = View(
    name="allocation",
    title="Allocation",
    doc="Free slots against slots found by content, and the gates that choose between them and let a head write.",
    needs={"candidates": ("weighting", CANDIDATES), "gate": ("gate", GATES)},
    panels=panels,
)
