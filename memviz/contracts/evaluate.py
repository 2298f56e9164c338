"""Types and values of expressions (expression.py) over a trace: checked first, then computed within a fixed cost."""

from __future__ import annotations

import difflib
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from memviz.contracts.errors import ExpressionError
from memviz.contracts.expression import COMPARISONS, NUMBERS, TRUTHS, Node, parse
from memviz.contracts.signal import Signal
from memviz.contracts.trace import Trace

CELLS = 1 << 24  # the most any value on the way may have


@dataclass(frozen=True)
class Typed:
    """A checked node: what sort of value ("number", "truth", "text") it is at each point of `dims`."""

    node: Node
    sort: str
    dims: tuple[str, ...]
    args: tuple[Typed, ...] = ()


def check(text: str | Node, signals: Mapping[str, Signal]) -> Typed:
    """The type of an expression over a trace with these signals. Raises ExpressionError at what does not fit."""
    return _check(parse(text) if isinstance(text, str) else text, signals)


def evaluate(text: str | Node, trace: Trace) -> float | bool | str:
    """The one value of an expression without dims. Raises ExpressionError."""
    typed = check(text, trace.signals)
    if typed.dims:
        raise _error(typed.node, "one value", f"one for each {', '.join(typed.dims)}", "index or reduce these")
    value: float | bool | str = np.asarray(_value(typed, trace)).item()
    return float(value) if typed.sort == "number" else value


def _error(node: Node, want: str, got: str, remedy: str) -> ExpressionError:
    return ExpressionError(f"want {want}, got {got} ({remedy})", node.at + 1)


def _check(node: Node, signals: Mapping[str, Signal]) -> Typed:
    args = tuple(_check(arg, signals) for arg in node.args)
    if not args:
        return _check_leaf(node, signals)
    if node.op == "index":
        return _check_index(node, *args)
    if node.op in NUMBERS + TRUTHS:
        return _check_function(node, *args)
    want = "truth" if node.op in ("and", "or", "not") else args[0].sort if node.op in ("==", "!=") else "number"
    for arg in args:
        if arg.sort != want:
            raise _error(arg.node, f"a {want} beside {node.op}", f"a {arg.sort}", "compare it with something")
    sort = "truth" if node.op in (*COMPARISONS, "and", "or", "not") else "number"
    return Typed(node, sort, tuple(dict.fromkeys(dim for arg in args for dim in arg.dims)), args)


def _check_leaf(node: Node, signals: Mapping[str, Signal]) -> Typed:
    name = str(node.value)
    if node.op != "name":
        return Typed(node, node.op, ())
    if name in ("t", "phase"):
        return Typed(node, "number" if name == "t" else "text", ("t",))
    if name not in signals:
        close = difflib.get_close_matches(name, signals, n=1)
        remedy = f"did you mean {close[0]}?" if close else f"it has {', '.join(signals)[:200]}"
        raise _error(node, "a signal of the trace, t or phase", name, remedy)
    dims = signals[name].dims
    return Typed(node, "number", tuple(dim if dim not in dims[:i] else f"{dim}_2" for i, dim in enumerate(dims)))


def _check_index(node: Node, base: Typed, place: Typed) -> Typed:
    if node.value not in base.dims:
        raise _error(node, f"a dim of {', '.join(base.dims) or 'none'}", str(node.value), "it may be taken already")
    if place.sort != "number" or place.dims:
        raise _error(place.node, "one number", f"a {place.sort} over ({', '.join(place.dims)})", "reduce it")
    return Typed(node, base.sort, tuple(dim for dim in base.dims if dim != node.value), (base, place))


def _check_function(node: Node, arg: Typed) -> Typed:
    want, steps = "number" if node.op in NUMBERS else "truth", node.op in ("first", "last")
    if arg.sort != want:
        raise _error(arg.node, f"a {want} in {node.op}", f"a {arg.sort}", "compare it with something")
    dim = node.value or ("t" if steps else arg.dims[0] if len(arg.dims) == 1 else "none")
    if dim not in arg.dims or (steps and dim != "t"):
        wanted = "t" if steps else " or ".join(arg.dims)
        raise _error(node, f"{node.op} over {wanted or 'a value with dims'}", str(dim), "as in max(x, slot)")
    sort = "truth" if node.op in ("any", "all") else "number"
    return Typed(Node(node.op, dim, node.args, node.at), sort, tuple(d for d in arg.dims if d != dim), (arg,))


def _value(typed: Typed, trace: Trace) -> Any:
    """The array of a checked node, its axes in the order of typed.dims."""
    node, dims = typed.node, typed.dims
    if math.prod(trace.size(dim.removesuffix("_2")) for dim in dims) > CELLS:
        raise _error(node, f"at most {CELLS} cells", f"one for each {', '.join(dims)}", "index a dim first")
    if not typed.args:
        return _leaf(node, trace)
    values = [_value(arg, trace) for arg in typed.args]
    with np.errstate(all="ignore"):
        if node.op == "index":
            return _take(typed, values[0], float(values[1]))
        if node.op in NUMBERS + TRUTHS:
            return FUNCTIONS[node.op](values[0], typed.args[0].dims.index(str(node.value)))
        spread = [_spread(value, arg.dims, dims) for value, arg in zip(values, typed.args, strict=True)]
        return OPERATORS[node.op](*spread)


def _leaf(node: Node, trace: Trace) -> Any:
    if node.op != "name":
        return np.asarray(node.value)
    if node.value == "t":
        return np.arange(trace.steps, dtype=np.float64)
    if node.value != "phase":
        return trace[str(node.value)].astype(np.float64)
    phases = trace.meta.get("phases")
    if not isinstance(phases, list | tuple) or len(phases) != trace.steps:
        raise _error(node, "a phase for each step", "a trace without", "record the trace with its task")
    return np.array([str(phase) for phase in phases])


def _take(typed: Typed, value: np.ndarray, place: float) -> Any:
    axis = typed.args[0].dims.index(str(typed.node.value))
    if not 0 <= place < value.shape[axis] or place != int(place):
        wanted = f"a whole number 0..{value.shape[axis] - 1} for {typed.node.value}"
        raise _error(typed.args[1].node, wanted, f"{place:g}", "stay inside the trace")
    return np.take(value, int(place), axis=axis)


def _spread(value: Any, dims: tuple[str, ...], wanted: tuple[str, ...]) -> Any:
    """`value` with its axes in the order of `wanted`, and an axis of 1 for each it lacks."""
    ordered = np.transpose(value, [dims.index(dim) for dim in wanted if dim in dims])
    return ordered[tuple(slice(None) if dim in dims else None for dim in wanted)]


def _entropy(p: np.ndarray, axis: int) -> Any:
    return -np.sum(np.where(p > 0, p * np.log(np.where(p > 0, p, 1)), 0), axis)


def _first(holds: np.ndarray, axis: int) -> Any:
    return np.where(np.any(holds, axis), np.argmax(holds, axis), -1)


def _last(holds: np.ndarray, axis: int) -> Any:
    back = np.argmax(np.flip(holds, axis), axis)
    return np.where(np.any(holds, axis), holds.shape[axis] - 1 - back, -1)


OPERATORS: dict[str, Callable[..., Any]] = {
    "+": np.add, "-": np.subtract, "*": np.multiply, "/": np.divide, "neg": np.negative,
    "==": np.equal, "!=": np.not_equal, "<": np.less, "<=": np.less_equal, ">": np.greater, ">=": np.greater_equal,
    "and": np.logical_and, "or": np.logical_or, "not": np.logical_not,
}  # fmt: skip
FUNCTIONS: dict[str, Callable[[np.ndarray, int], Any]] = {
    "max": np.max, "min": np.min, "sum": np.sum, "mean": np.mean, "argmax": np.argmax, "argmin": np.argmin,
    "entropy": _entropy, "count": np.count_nonzero, "any": np.any, "all": np.all, "first": _first, "last": _last,
}  # fmt: skip
