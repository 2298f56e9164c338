"""Longer than trained: how much is wrong at every step of episodes of every length."""

from __future__ import annotations

from collections.abc import Mapping

from memviz.contracts.panel import Panel
from memviz.contracts.signal import Signal
from memviz.contracts.view import View
from memviz.views.sides import having, words

DIMS = ("t", "length")


def panels(signals: Mapping[str, Signal]) -> list[Panel]:
    """One heatmap per score of steps and lengths."""
    return [
        Panel(
            id=f"generalisation.{name}",
            group="lengths",
            order=order,
            title=words(name),
            legend=f"row = length of the episode, column = step; {signals[name].doc}",
            form="heatmap",
            signal=name,
            rows="length",
            columns="t",
            scale="positive",
            cursor=None,  # a row is many episodes, none of which is being played
        )
        for order, name in enumerate(having(signals, "score", DIMS))
    ]


VIEW = View(
    name="generalisation",
    title="Generalisation",
    doc="Where and at which lengths the answers go wrong.",
    needs={"error": ("score", DIMS)},
    panels=panels,
)
