"""Keys and queries as points: the words of every slot, and what the reading heads look for, in two dimensions."""

from __future__ import annotations

from collections.abc import Mapping

from memviz.contracts.panel import Panel
from memviz.contracts.signal import Signal
from memviz.contracts.view import View
from memviz.views.sides import having, words

KEYS, QUERIES = ("t", "slot", "word"), ("t", "read", "word")


def panels(signals: Mapping[str, Signal]) -> list[Panel]:
    """The last memory declared, which is the one that is searched, against the first vector of the reading heads."""
    return [
        Panel(
            id=f"key_space.{key}",
            group="keys",
            order=0,
            title=f"{words(key)} and {words(query).lower()}",
            legend="dot = slot, ring = query; near = alike (by angle), on the two directions that differ most",
            form="scatter",
            signal=key,
            rows="slot",
            columns="word",
            scale="signed",
            reduce=(("at", "t"),),
            role="read",
            cursor=None,
            against=query,
        )
        for key in having(signals, "memory", KEYS)[-1:]
        for query in having(signals, "vector", QUERIES)[:1]
    ]


VIEW = View(
    name="key_space",
    title="Key space",
    doc="Which slots hold similar words, and which of them a query comes close to.",
    needs={"keys": ("memory", KEYS), "queries": ("vector", QUERIES)},
    panels=panels,
)
