"""How right the answers are, phase by phase: in one-shot tasks, at the 1st, 2nd, ... instance of a class."""

from __future__ import annotations

from collections.abc import Mapping

from memviz.contracts.panel import Panel
from memviz.contracts.signal import Signal
from memviz.contracts.view import View
from memviz.views.sides import having

DIMS = ("t", "output")


def panels(signals: Mapping[str, Signal]) -> list[Panel]:
    """One picture of the first output against the first target."""
    return [
        Panel(
            id=f"answers.{output}",
            group="answers",
            order=0,
            title="Right answers",
            legend="row = phase, length = share that is right",
            form="answers",
            signal=output,
            rows="output",
            columns="t",
            scale="unit",
            cursor=None,
            against=target,
        )
        for output in having(signals, "output", DIMS)[:1]
        for target in having(signals, "target", DIMS)[:1]
    ]


VIEW = View(
    name="answers",
    title="Right answers",
    doc="The share of right answers in every phase, as from one instance of a class to the next.",
    needs={"output": ("output", DIMS), "target": ("target", DIMS)},
    panels=panels,
)
