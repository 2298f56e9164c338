"""The cells of a heatmap as vector paths: plotly itself draws them as a picture in pixels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

JOINT = 0.5  # pixels of paper between two cells, as on the screen


def cell_paths(values: np.ndarray, low: float, high: float, colours: Sequence[str], paper: str) -> list[dict[str, Any]]:
    """Plotly's shapes for `values` (rows, columns) on a scale from `low` to `high`, one path per colour.

    Cells of the colour of zero, which is the paper, are left out, as are those not finite.
    """
    last = len(colours) - 1
    place = (np.asarray(values, float) - low) / (high - low) * last
    index = np.where(np.isfinite(place), np.rint(np.clip(place, 0, last)), -1).astype(int)
    blank = round(-low / (high - low) * last)
    line = {"color": paper, "width": JOINT}
    return [
        {"type": "path", "path": _path(index == i), "fillcolor": colours[i], "line": line}
        for i in np.unique(index)
        if i not in (-1, blank)
    ]


def _path(cells: np.ndarray) -> str:
    squares = [f"M{x - 0.5},{y - 0.5}H{x + 0.5}V{y + 0.5}H{x - 0.5}Z" for y, x in np.argwhere(cells)]
    return "".join(squares)
