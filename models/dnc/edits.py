"""What-if: replace any number that forward computes by one of your own, step by step; NaN leaves it alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from memviz.contracts.model import Array
from memviz.models.dnc.config import DNCConfig, signals
from memviz.ops.edit import checked

STARTS = {"memory_start": "memory", "read_start": "read_weighting", "write_start": "write_weighting"}
PARTS = {  # field of Edits -> the signals it is made of, in the kernels' order; others have the name of their signal
    "vector": ("read_key", "write_key", "add"),
    "strength": ("read_strength", "write_strength"),
    "gate": ("free_gate", "allocation_gate", "write_gate"),
    "mode": ("read_mode",),
    "sharpness": ("backward_sharpness", "forward_sharpness"),
    "mask": ("read_mask", "write_mask"),
    "content": ("read_content", "write_content"),
    "along": ("backward", "forward"),
}


class Edits(NamedTuple):
    """What Tape has under the same name, every step flat: (T, numbers), NaN where nothing is edited."""

    vector: Array
    erase: Array
    strength: Array
    gate: Array
    mode: Array
    sharpness: Array
    mask: Array
    retention: Array
    usage: Array
    allocation: Array
    content: Array
    write_weighting: Array
    memory: Array  # word-major
    precedence: Array
    link: Array  # (0, 0) where a trace has none
    along: Array
    read_weighting: Array
    read_vector: Array
    hidden: Array
    cell: Array


def edits_of(config: DNCConfig, given: Mapping[str, Array], T: int, dtype: type) -> Edits:
    """Edits of a trace's signals, arranged for the kernels. Raises ConfigError on a wrong name or shape."""
    sizes = {"t": T, "read": config.read_heads, "write": 1, "slot": config.N, "word": config.W, "mode": 3}
    sizes["hidden"] = config.layers * config.hidden
    of = checked("dnc", signals(config), sizes, given, dtype)
    of["memory"] = of["memory"].swapaxes(1, 2)
    fields = {}
    for name in Edits._fields:
        parts = [of[part].reshape(T, -1) for part in PARTS.get(name, (name,)) if part in of]
        fields[name] = np.concatenate(parts, 1) if parts else np.zeros((0, 0), dtype)
    if not config.masked:  # with epsilon in the denominator there are masks, all ones
        fields["mask"] = np.full((T, (config.read_heads + 1) * config.W), np.nan, dtype)
    return Edits(**fields)
