"""What-if: replace what a forward has computed by numbers of one's own; NaN leaves a number alone."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from memviz.contracts.errors import ConfigError
from memviz.contracts.model import Array, Arrays
from memviz.contracts.signal import Signal
from memviz.ops.kernel import kernel


@kernel
def edit(values, wanted):
    """Replace values (n,) by the wanted ones that are not NaN."""
    for j in range(values.shape[0]):
        if not math.isnan(wanted[j]):
            values[j] = wanted[j]


def checked(
    model: str, signals: Mapping[str, Signal], sizes: Mapping[str, int], given: Mapping[str, Array], dtype: Any
) -> Arrays:
    """Edits of every signal, NaN where none are given; sizes: of dims. Raises ConfigError on a wrong name or shape."""
    for name in given:
        if name not in signals:
            raise ConfigError(f"{model}.forward edits: want signals of the model, got {name!r} (see its signals)")
    arrays = {}
    for name, signal in signals.items():
        shape = tuple(sizes[dim] for dim in signal.dims)
        arrays[name] = np.array(given.get(name, np.full(shape, np.nan)), dtype)
        if arrays[name].shape != shape:
            got = arrays[name].shape
            raise ConfigError(f"{model}.forward edits[{name!r}]: want shape {shape}, got {got} (t first)")
    return arrays


def edited(state: Mapping[str, Array], given: Mapping[str, Array] | None, starts: Mapping[str, str]) -> Arrays:
    """The state before step 0 with its edits; starts: signal -> the part of the state that it shows."""
    new = dict(state)
    for name, part in starts.items():
        if given and name in given:
            new[part] = np.where(np.isnan(given[name]), state[part], given[name]).astype(state[part].dtype)
    return new
