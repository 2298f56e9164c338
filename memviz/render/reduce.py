"""Brings a signal down to a panel's rows and columns: the numpy twin of scope/js/reduce.js."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from memviz.contracts.panel import Panel


def reduce_panel(panel: Panel, trace: Any, at: Mapping[str, int] | None = None) -> np.ndarray:
    """The panel's values, (rows, columns), or (columns,) when it has no rows.

    `at` gives the index of every dim that is taken ("read": 1) or shown at ("t": 15); what it leaves out is 0,
    what lies beyond the end is the last.
    """
    at = at or {}
    dims = list(trace.signals[panel.signal].dims)
    values = np.asarray(trace.arrays[panel.signal])
    rules = {dim: rule for rule, dim in panel.reduce}
    for axis in range(len(dims) - 1, -1, -1):
        dim = dims[axis]
        if dim in (panel.rows, panel.columns):
            continue
        if rules.get(dim) == "max":
            values = values.max(axis=axis)
        else:
            values = values.take(min(at.get(dim, 0), values.shape[axis] - 1), axis=axis)
        del dims[axis]
    return values.T if panel.rows not in (None, dims[0]) else values
