"""Figures that several reproductions share: how many seeds learn a task, and how it carries over to unseen lengths."""

from __future__ import annotations

from collections.abc import Sequence

from memviz.contracts.reproduction import Figure
from memviz.study.row import Row
from memviz.study.summary import mean, solved

MOST = 9, 10  # nine of ten seeds must be solved where a network is said to learn


def learns(name: str, rows: Sequence[Row], published: str) -> Figure:
    """Holds when at least nine of ten seeds were solved."""
    least = -(-len(rows) * MOST[0] // MOST[1])
    what = f"{name}: seeds solved (holds from {least} of {len(rows)})"
    return Figure(what, published, _took(rows), solved(rows)["solved"] >= least)


def fails(name: str, rows: Sequence[Row], published: str) -> Figure:
    """Holds when no seed was solved within the same sequences."""
    what = f"{name}: seeds solved within the same sequences (holds at none)"
    return Figure(what, published, _took(rows), solved(rows)["solved"] == 0)


def carried(name: str, rows: Sequence[Row], length: int, published: str = "", most: float = 0) -> Figure:
    """The part of the answers of an unseen length that is wrong; holds up to `most`, if given."""
    at = [row["unseen"][str(length)] for row in rows]
    wrong = mean(one["wrong_bits"] for one in at) / mean(one["answers"] for one in at)
    exact = mean(row["unseen"][str(length)]["exact"] for row in rows)
    ours = f"{100 * wrong:.2f} % of bits wrong, {100 * exact:.0f} % of sequences exact"
    rule = f" (holds up to {100 * most:.0f} %)" if most else ""
    return Figure(f"{name} at {length}{rule}", published, ours, wrong <= most if most else None)


def _took(rows: Sequence[Row]) -> str:
    one = solved(rows)
    middle = one["sequences_median"]
    return f"{one['solved']} of {one['seeds']}" + (f", median {middle:,.0f} sequences" if middle else "")
