"""How the chosen head's address was made at one step: every stage, from the search to the final weighting."""

from __future__ import annotations

from collections.abc import Mapping

from memviz.contracts.panel import Panel
from memviz.contracts.signal import Signal
from memviz.contracts.view import View
from memviz.views.sides import by_side, words

DIMS = ("t", "head", "slot")


def panels(signals: Mapping[str, Signal]) -> list[Panel]:
    """One picture of bars per stage, in declared order; none where there is nothing but the result."""
    found = [(side, names) for side, names in by_side(signals, "weighting", DIMS) if len(names) > 1]
    return [
        Panel(
            id=f"addressing.{name}",
            group="addressing",
            order=order,
            title=words(name.removeprefix(f"{side}_")),
            legend="row = slot, length = weight",
            form="bars",
            signal=name,
            rows=None,
            columns="slot",
            scale="unit",
            reduce=(("at", "t"), ("take", side)),
            role=side,
            cursor=None,
        )
        for side, names in found
        for order, name in enumerate(names)
    ]


VIEW = View(
    name="addressing",
    title="Addressing",
    doc="The stages of an address at the chosen step, with the number of slots each is spread over.",
    needs={"weighting": ("weighting", DIMS)},
    panels=panels,
)
