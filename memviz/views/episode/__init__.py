"""The task beside the answer: input, target, output and error as thin strips on the common time axis."""

from __future__ import annotations

from collections.abc import Mapping

from memviz.contracts.panel import Panel
from memviz.contracts.signal import Signal
from memviz.contracts.view import View
from memviz.views.sides import having, words

STRIPS = (  # kind, rows, scale
    ("input", "input", "bit"),
    ("target", "output", "bit"),
    ("output", "output", "unit"),
    ("vector", "output", "signed"),
)


def panels(signals: Mapping[str, Signal]) -> list[Panel]:
    """One strip per signal of the episode that the trace declares."""
    found = [(name, *strip) for strip in STRIPS for name in having(signals, strip[0], ("t", strip[1]))]
    return [
        Panel(
            id=f"episode.{name}",
            group="episode",
            order=order,
            title=words(name),
            legend="row = bit, column = step",
            form="heatmap",
            signal=name,
            rows=rows,
            columns="t",
            scale=scale,
        )
        for order, (name, _, rows, scale) in enumerate(found)
    ]


VIEW = View(
    name="episode",
    title="Episode",
    doc="What went in, what should come out, what came out, and the difference.",
    needs={kind: (kind, ("t", rows)) for kind, rows, _ in STRIPS},
    panels=panels,
)
