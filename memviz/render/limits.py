"""The fixed scales of a run: one bound per unbounded signal, on a ladder of round numbers so that it rarely moves."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

SIGNED = ("memory", "vector", "hidden", "gradient")
POSITIVE = ("strength", "score")
Limits = dict[str, Any]  # {"memory": v, "signed": {signal: v}, "positive": {signal: v}}


def rung(value: float) -> float:
    """The smallest round number (1, 1.5, 2, 3, 5, 7, 10, ...) that is at least `value`; 1 for nothing finite."""
    if not math.isfinite(value) or value <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(value))
    return next(
        float(f"{step * power:.6g}") for step in (1, 1.5, 2, 3, 5, 7, 10, 15) if step * power >= value * (1 - 1e-6)
    )


def limits_of(trace: Any) -> Limits:
    """The bounds that this trace asks for; every memory shares one, so that a slot looks the same in every picture."""
    signed, positive, memory = {}, {}, 0.0
    for name, signal in trace.signals.items():
        array = np.asarray(trace.arrays[name])
        finite = np.abs(array[np.isfinite(array)])
        peak = float(finite.max(initial=0.0))
        if signal.kind == "memory":
            memory = max(memory, peak)
        elif signal.kind in SIGNED:
            bound = 1.0 if signal.dims == ("t", "output") else 0.0  # an error of probabilities is never above 1
            signed[name] = rung(max(peak, bound))
        elif signal.kind in POSITIVE:
            positive[name] = rung(peak)
    return {"memory": rung(memory), "signed": signed, "positive": positive}


def merge_limits(run: Mapping[str, Any], trace: Mapping[str, Any]) -> Limits:
    """The run's limits grown to hold one more trace: they never shrink, so a colour never changes its meaning twice."""
    grown: Limits = {"memory": max(run.get("memory", 0.0), trace.get("memory", 0.0))}
    for sort in ("signed", "positive"):
        old, new = run.get(sort, {}), trace.get(sort, {})
        grown[sort] = {name: max(old.get(name, 0.0), new.get(name, 0.0)) for name in {**old, **new}}
    return grown
