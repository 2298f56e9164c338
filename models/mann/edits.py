"""What-if: replace any number that forward computes by one of your own, step by step; NaN leaves it alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from memviz.contracts.errors import ConfigError
from memviz.contracts.model import Array
from memviz.models.mann.config import MANNConfig, signals

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
    arrays = {}
    for name, signal in signals(config).items():
        shape = tuple(sizes[dim] for dim in signal.dims)
        arrays[name] = np.array(given.get(name, np.full(shape, np.nan)), dtype)
        if arrays[name].shape != shape:
            raise ConfigError(f"mann.forward edits[{name!r}]: want shape {shape}, got {arrays[name].shape} (t first)")
    for name in given:
        if name not in arrays:
            raise ConfigError(f"mann.forward edits: want signals of the model, got {name!r} (see its signals)")
    absent = {
        "add": np.full((T, 0, config.W), np.nan, dtype),
        "read_strength": np.full((T, config.heads), np.nan, dtype),
        "cell": np.full((T, 0), np.nan, dtype),
    }
    edits = {field: arrays.get(name, absent.get(name)) for field, name in NAMES.items()}
    return Edits(**{**edits, "memory": np.ascontiguousarray(arrays["memory"].swapaxes(1, 2))})


def edit_state(state: Mapping[str, Array], given: Mapping[str, Array]) -> dict[str, Array]:
    """The state before step 0 with its edits."""
    edited = dict(state)
    for name, part in STARTS.items():
        if name in given:
            edited[part] = np.where(np.isnan(given[name]), state[part], given[name]).astype(state[part].dtype)
    return edited
