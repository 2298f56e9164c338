"""What-if: replace any number that forward computes by one of your own, step by step; NaN leaves it alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from memviz.contracts.model import Array
from memviz.models.mann.config import MANNConfig, signals
from memviz.ops.edit import checked

STARTS = {"memory_start": "memory", "read_start": "read_weighting"}
# field of Edits -> signal
NAMES = {
    "key": "read_key",
    "add": "add",
    "gate": "write_gate",
    "strength": "read_strength",
    "least": "least_used",
    "retention": "retention",
    "writing": "write_weighting",
    "reading": "read_weighting",
    "read_vector": "read_vector",
    "usage": "usage",
    "hidden": "hidden",
    "cell": "cell",
    "memory": "memory",
}


class Edits(NamedTuple):
    """One array per signal, (T, ...) with NaN where nothing is edited."""

    key: Array
    add: Array
    gate: Array
    strength: Array
    least: Array
    retention: Array
    writing: Array
    reading: Array
    read_vector: Array
    usage: Array
    hidden: Array
    cell: Array
    memory: Array  # (T, W, N)


def edits_of(config: MANNConfig, given: Mapping[str, Array], T: int, dtype: type) -> Edits:
    """Edits of a trace's signals, arranged for the kernels. Raises ConfigError on a wrong name or shape."""
    sizes = {"t": T, "read": config.heads, "write": config.heads, "slot": config.N, "word": config.W}
    sizes |= {"hidden": config.hidden}
    arrays = checked("mann", signals(config), sizes, given, dtype)
    absent = {
        "add": np.full((T, 0, config.W), np.nan, dtype),
        "read_strength": np.full((T, config.heads), np.nan, dtype),
        "cell": np.full((T, 0), np.nan, dtype),
    }
    edits = {field: arrays.get(name, absent.get(name)) for field, name in NAMES.items()}
    return Edits(**{**edits, "memory": np.ascontiguousarray(arrays["memory"].swapaxes(1, 2))})
