"""Where every head wrote and read: slots down, steps across, the maximum over heads first."""

from __future__ import annotations

from collections.abc import Mapping

from memviz.contracts.panel import Panel
from memviz.contracts.signal import Signal
from memviz.contracts.view import View
from memviz.views.sides import by_side, words

DIMS = ("t", "head", "slot")


def panels(signals: Mapping[str, Signal]) -> list[Panel]:
    """An overview over the heads and the chosen head, for each kind of head.

    A model declares the stages of an address in the order it computes them: the last is the weighting itself.
    """
    found = [(side, names[-1]) for side, names in by_side(signals, "weighting", DIMS) if names]
    return [
        Panel(
            id=f"weighting.{name}{suffix}",
            group="weighting",
            order=2 * place + (rule == "take"),
            title=words(name),
            legend="row = slot, column = step",
            form="heatmap",
            signal=name,
            rows="slot",
            columns="t",
            scale="unit",
            reduce=((rule, side),),
            role=side,
        )
        for place, (side, name) in enumerate(found)
        for rule, suffix in (("max", ""), ("take", ".head"))
    ]


VIEW = View(
    name="weighting",
    title="Weightings",
    doc="Which slots are written and read at which step.",
    needs={"weighting": ("weighting", DIMS)},
    panels=panels,
)
