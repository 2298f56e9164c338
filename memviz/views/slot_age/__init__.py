"""What is counted for every slot, over the episode: its age, how often it was read, how lately it was used."""

from __future__ import annotations

from collections.abc import Mapping

from memviz.contracts.panel import Panel
from memviz.contracts.signal import Signal
from memviz.contracts.view import View
from memviz.views.sides import having, words

DIMS = ("t", "slot")
AFTER = 20  # in the group "usage": behind the shares


def panels(signals: Mapping[str, Signal]) -> list[Panel]:
    """One picture per score of the slots."""
    return [
        Panel(
            id=f"slot_age.{name}",
            group="usage",
            order=AFTER + order,
            title=words(name),
            legend=f"row = slot, column = step; {signals[name].doc}",
            form="heatmap",
            signal=name,
            rows="slot",
            columns="t",
            scale="positive",
        )
        for order, name in enumerate(having(signals, "score", DIMS))
    ]


VIEW = View(
    name="slot_age",
    title="Age and counts",
    doc="How old every slot is, how often it was read: what a policy decides by.",
    needs={"score": ("score", DIMS)},
    panels=panels,
)
