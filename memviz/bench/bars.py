"""What is asked of the figures (assets/bench-bars.json): every row says what it should reach, and whether it does.

A bar's `when` says which rows it is for, by their own values; "knobs" must be the very same, so that no bar is held
against another size. `least` and `most` bound figures of the row. `eager_per_s` is what the torch twin must reach where
one core multiplies matrices at FLOOR_PEAK, or the row is void: beating a slow twin proves nothing.
"""

from __future__ import annotations

import json
import operator
from collections.abc import Mapping
from functools import cache
from typing import Any

from memviz.bench.stats import Row
from memviz.contracts import places

FILE = "bench-bars.json"
FLOOR_PEAK = 100.0  # GFLOP/s
SIDES = {"least": (">=", operator.ge), "most": ("<=", operator.le)}
SHAPE = ("model", "task", "preset", "knobs")


@cache
def every() -> tuple[Mapping[str, Any], ...]:
    """All bars."""
    return tuple(json.loads(places.asset(FILE).read_text(encoding="utf-8")))


def of(row: Row) -> list[Mapping[str, Any]]:
    """The bars of a row."""
    told = {**row, "knobs": set_knobs(row)}
    return [bar for bar in every() if all(told.get(k) == v for k, v in {"knobs": {}, **bar["when"]}.items())]


def judged(row: Row) -> Row:
    """The row with `asked`, what its figures should be, and `reached`, for each whether it is so.

    A figure that was not measured is asked and not reached; in a void row no ratio to the twin is reached.
    """
    asked: dict[str, str] = {}
    reached: dict[str, bool] = {}
    for bar in of(row):
        for side, (sign, holds) in SIDES.items():
            for figure, limit in bar.get(side, {}).items():
                asked[figure] = f"{sign} {limit:g}"
                void = figure.startswith("eager") and row.get("void", False)
                reached[figure] = row.get(figure) is not None and not void and bool(holds(row[figure], limit))
    return {**row, "asked": asked, "reached": reached} if asked else row


def floor(row: Row) -> Row:
    """Whether the twin was fast enough to be worth beating, where there is a figure for it to reach."""
    found = [bar["eager_per_s"] for bar in of(row) if "eager_per_s" in bar]
    if not found or "eager_per_s" not in row:
        return {}
    least = max(found) * row["peak_one"] / FLOOR_PEAK
    return {"eager_floor": least, "void": row["eager_per_s"] < least}


def asked_for(kind: str, recipe: Mapping[str, Any] | None = None) -> list[tuple[dict[str, Any], int]]:
    """The sizes that bars of one kind of row name, of one model, task and preset or of all: (recipe, batch)."""
    found = []
    for when in (bar["when"] for bar in every()):
        named = when["row"] == kind and "model" in when
        if named and (recipe is None or all(when[name] == recipe[name] for name in SHAPE[:3])):
            found.append(({name: when.get(name, {}) for name in SHAPE}, int(when["batch"])))
    return found


def set_knobs(recipe: Mapping[str, Any]) -> dict[str, Any]:
    """The knobs that are set, without the parts of which none is."""
    return {part: dict(values) for part, values in recipe.get("knobs", {}).items() if values}
