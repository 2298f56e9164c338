"""Medians of rounds, and rows as a table for people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from statistics import median
from typing import Any

Row = dict[str, Any]


def medians(rounds: Sequence[Mapping[str, Mapping[str, Any]]], key: str) -> dict[str, float]:
    """Contender -> the median over the rounds of `key`; those that do not measure it are left out."""
    names = [name for name, answer in rounds[0].items() if key in answer]
    return {name: median(one[name][key] for one in rounds) for name in names}


def ratio(rounds: Sequence[Mapping[str, Mapping[str, Any]]], over: str, under: str, key: str) -> float:
    """The median of the ratios within each round: what slows a whole round then cancels out."""
    return median(one[over][key] / one[under][key] for one in rounds)


def spread(values: Iterable[float]) -> dict[str, float]:
    """Smallest, median and largest."""
    ordered = sorted(values)
    return {"min": ordered[0], "median": median(ordered), "max": ordered[-1]} if ordered else {}


def table(rows: Sequence[Row]) -> str:
    """Rows under the columns of all of them, in the order in which the columns first appear."""
    columns = list(dict.fromkeys(name for row in rows for name in row))
    cells = [columns, *([_cell(row.get(name)) for name in columns] for row in rows)]
    widths = [max(len(line[i]) for line in cells) for i in range(len(columns))]
    return "\n".join("  ".join(cell.rjust(width) for cell, width in zip(line, widths, strict=True)) for line in cells)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {_cell(each)}" for name, each in value.items())
    if not isinstance(value, float):
        return str(value)
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
