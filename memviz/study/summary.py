"""Rows of a study, arm by arm: how many were solved, how fast, and how they spread."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import inf, isfinite
from statistics import fmean, median
from typing import Any

import numpy as np

from memviz.study.row import Row


def by_arm(rows: Iterable[Row], order: Sequence[str] = ()) -> dict[str, list[Row]]:
    """Arm -> its rows by seed; the arms in the order given, then as they come."""
    found: dict[str, list[Row]] = {name: [] for name in order}
    for row in rows:
        found.setdefault(row["arm"], []).append(row)
    return {name: sorted(each, key=lambda row: row["seed"]) for name, each in found.items() if each}


def solved(rows: Sequence[Row]) -> dict[str, Any]:
    """How many were solved, and the quartiles of the sequences that took; one not solved counts as infinitely many."""
    took = sorted(row["sequences"] for row in rows if row["solved"])
    padded = np.array([*took, *[inf] * (len(rows) - len(took))])
    low, high = np.quantile(padded, [0.25, 0.75], method="inverted_cdf")
    return {
        "seeds": len(rows),
        "solved": len(took),
        "sequences_low": finite(low),
        "sequences_median": finite(median(padded)),
        "sequences_high": finite(high),
        "seconds_median": median(row["seconds"] for row in rows if row["solved"]) if took else None,
        "diverged": sum("diverged" in row for row in rows),
    }


def finite(value: float) -> float | None:
    """The number, or None where JSON has none: more than half of the seeds were not solved."""
    return float(value) if isfinite(value) else None


def mean(values: Iterable[float]) -> float:
    """The mean; of nothing, NaN."""
    found = list(values)
    return fmean(found) if found else float("nan")


def convergence(rows: Sequence[Row], seeds: int | None = None) -> list[tuple[float, float]]:
    """The part of the seeds (as many as there are rows) solved by so many sequences: (sequences, part), from (0, 0)."""
    took = sorted(row["sequences"] for row in rows if row["solved"])
    return [(0.0, 0.0), *((float(each), (i + 1) / (seeds or len(rows))) for i, each in enumerate(took))]
