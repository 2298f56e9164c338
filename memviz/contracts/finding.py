"""What is wrong with the values of a trace. People bring broken models to see this, so it is recorded, not refused."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from memviz.contracts.errors import TraceError
from memviz.contracts.events import HEADS, as_dict, check_head, known_fields
from memviz.contracts.signal import Signal

UNIT = ("usage", "gate", "link")  # kinds in [0, 1]
POSITIVE = ("weighting", "score", "strength", "distribution")  # kinds >= 0
SUMMED = {"weighting": "slot", "distribution": None}  # kind -> the dim that sums to (at most) 1; None: the last
RANGE_TOLERANCE = 1e-6  # rounding of a shift or a sigmoid
SUM_TOLERANCE = 1e-4  # float32 sums over some thousand slots
HALF_TOLERANCE = 1e-2  # the same in float16

PROBLEMS = {
    "nan": "holds NaN",
    "infinite": "holds an infinity",
    "negative": "is negative",
    "above_one": "is above 1",
    "sum_above_one": "sums to more than 1 over the slots",
    "sum_not_one": "does not sum to 1",
}


@dataclass(frozen=True)
class Finding:
    """`signal` breaks its kind's invariant in `count` places, first at step t (None: outside the episode)."""

    signal: str
    problem: str  # one of PROBLEMS
    count: int
    t: int | None = None
    slot: int | None = None
    head: str | None = None
    text: str = ""

    def __post_init__(self) -> None:
        """Refuse what could not be listed or saved."""
        whole = [self.count] + [v for v in (self.t, self.slot) if v is not None]
        if self.problem not in PROBLEMS or any(type(v) is not int or v < 0 for v in whole):
            raise TraceError(f"Finding: want a problem of {', '.join(PROBLEMS)} with whole numbers, got {self!r:.120}")
        if not isinstance(self.signal, str) or not isinstance(self.text, str):
            raise TraceError(f"Finding: want a signal and a text, got {self!r:.120}")
        if self.head is not None:
            check_head("Finding.head", self.head)

    def to_dict(self) -> dict[str, Any]:
        """JSON values; what was not said is left out."""
        return as_dict(self)

    @classmethod
    def from_dict(cls, values: Any) -> Finding:
        """The finding a header holds. Raises TraceError when it does not hold one."""
        return cls(**known_fields(cls, values))


def find(signals: Mapping[str, Signal], arrays: Mapping[str, np.ndarray]) -> tuple[Finding, ...]:
    """Every broken invariant, in the order of the signals; one finding per signal and problem."""
    return tuple(finding for name, signal in signals.items() for finding in _examine(name, signal, arrays[name]))


def first_nonfinite(signals: Mapping[str, Signal], arrays: Mapping[str, np.ndarray]) -> tuple[int, str] | None:
    """The earliest step that holds a NaN or an infinity, and the first signal that does."""
    first: tuple[int, str] | None = None
    for name, signal in signals.items():
        bad = ~np.isfinite(arrays[name])
        if signal.dims[:1] == ("t",) and bad.any():
            t = int(np.argmax(bad.reshape(len(bad), -1).any(axis=1)))
            first = (t, name) if first is None or t < first[0] else first
    return first


def _examine(name: str, signal: Signal, array: np.ndarray) -> Iterator[Finding]:
    kind = signal.kind
    if not np.isfinite(array).all():
        yield from _report(name, "nan", signal.dims, np.isnan(array), array)
        yield from _report(name, "infinite", signal.dims, np.isinf(array), array)
    if kind in POSITIVE or kind in UNIT:
        yield from _report(name, "negative", signal.dims, array < -RANGE_TOLERANCE, array)
    if kind in UNIT:
        yield from _report(name, "above_one", signal.dims, array > 1 + RANGE_TOLERANCE, array)
    if kind in SUMMED:
        axis = signal.dims.index(SUMMED[kind] or signal.dims[-1])
        dims = signal.dims[:axis] + signal.dims[axis + 1 :]
        with np.errstate(invalid="ignore", over="ignore"):
            total = np.asarray(array.sum(axis=axis, dtype=np.float64))
        tolerance = HALF_TOLERANCE if array.dtype == np.float16 else SUM_TOLERANCE
        if kind == "weighting":
            yield from _report(name, "sum_above_one", dims, np.isfinite(total) & (total > 1 + tolerance), total)
        else:
            yield from _report(name, "sum_not_one", dims, np.isfinite(total) & (np.abs(total - 1) > tolerance), total)


def _report(name: str, problem: str, dims: tuple[str, ...], bad: np.ndarray, values: np.ndarray) -> Iterator[Finding]:
    count = int(np.count_nonzero(bad))
    if not count:
        return
    first = np.unravel_index(int(np.argmax(bad)), bad.shape)
    at = {dim: int(i) for dim, i in zip(dims, first, strict=True)}
    where = ", ".join(f"{dim}={i}" for dim, i in at.items()) or "its only value"
    heads = [f"{side}.{at[side]}" for side in HEADS if side in at]
    text = f"{name} {PROBLEMS[problem]}: {float(values[first]):.4g} at {where}"
    yield Finding(name, problem, count, at.get("t"), at.get("slot"), heads[0] if heads else None, text)
