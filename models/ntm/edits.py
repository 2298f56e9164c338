"""What-if: replace any number that forward computes by one of your own, step by step; NaN leaves it alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from memviz.contracts.model import Array
from memviz.models.ntm.config import NTMConfig, signals
from memviz.ops.edit import checked

HEADS = ("key", "strength", "gate", "shift", "sharpness", "content", "interpolated", "shifted", "weighting")
STARTS = {"memory_start": "memory", "read_start": "read_weighting", "write_start": "write_weighting"}


class Edits(NamedTuple):
    """One array per signal, (T, ...) with NaN where nothing is edited; "head" counts reads first."""

    key: Array
    strength: Array
    gate: Array
    shift: Array
    sharpness: Array
    content: Array
    interpolated: Array
    shifted: Array
    weighting: Array
    erase: Array
    add: Array
    read_vector: Array
    hidden: Array
    cell: Array
    memory: Array  # (T, W, N)


def edits_of(config: NTMConfig, given: Mapping[str, Array], T: int, dtype: type) -> Edits:
    """Edits of a trace's signals, arranged for the kernels. Raises ConfigError on a wrong name or shape."""
    sizes = {"t": T, "read": config.read_heads, "write": config.write_heads, "slot": config.N, "word": config.W}
    sizes |= {"shift": 2 * config.shift_range + 1, "hidden": config.hidden}
    arrays = checked("ntm", signals(config), sizes, given, dtype)
    both = {name: np.concatenate([arrays[f"read_{name}"], arrays[f"write_{name}"]], 1) for name in HEADS}
    memory = np.ascontiguousarray(arrays["memory"].swapaxes(1, 2))
    cell = arrays.get("cell", np.full((T, 0), np.nan, dtype))
    alone = {name: arrays[name] for name in ("erase", "add", "read_vector", "hidden")}
    return Edits(**both, **alone, cell=cell, memory=memory)
