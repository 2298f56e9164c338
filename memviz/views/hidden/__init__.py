"""The controller's own state over the episode: a row per unit, a column per step."""

from __future__ import annotations

from collections.abc import Mapping

from memviz.contracts.panel import Panel
from memviz.contracts.signal import Signal
from memviz.contracts.view import View
from memviz.views.sides import having, words

DIMS = ("t", "hidden")


def panels(signals: Mapping[str, Signal]) -> list[Panel]:
    """One heatmap per recorded state of the controller."""
    return [
        Panel(
            id=f"hidden.{name}",
            group="controller",
            order=order,
            title=words(name),
            legend="row = unit, column = step",
            form="heatmap",
            signal=name,
            rows="hidden",
            columns="t",
            scale="signed",
        )
        for order, name in enumerate(having(signals, "hidden", DIMS))
    ]


VIEW = View(
    name="hidden",
    title="Controller",
    doc="What the controller itself remembers, outside the memory.",
    needs={"hidden": ("hidden", DIMS)},
    panels=panels,
)
