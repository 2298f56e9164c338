"""The structure of a trace: names, shapes, dtypes and dims that fit each other. What does not fit is refused."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

import numpy as np

from memviz.contracts.errors import TraceError
from memviz.contracts.events import Event
from memviz.contracts.signal import Signal
from memviz.contracts.tensors import NUMPY_NAMES, RANK

NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,79}")  # a word, so that expressions can say it


def check(signals: Mapping[str, Signal], arrays: Mapping[str, np.ndarray], events: Iterable[Event]) -> None:
    """Raise TraceError at the first signal, array or event that contradicts the others."""
    if odd := sorted(map(str, signals.keys() ^ arrays.keys())):
        raise TraceError(
            f"Trace: want one array per signal, got {', '.join(odd)[:200]} on one side only (add the rest)"
        )
    sizes: dict[str, tuple[int, str]] = {}  # dim -> its size, and the signal that said so
    for name, signal in signals.items():
        _check_array(name, signal, arrays[name])
        for dim, size in zip(signal.dims, arrays[name].shape, strict=True):
            first, other = sizes.setdefault(dim, (size, name))
            if first != size:
                raise TraceError(
                    f"{name}: want {dim} = {first} as in {other}, got {size} (one episode, one size per dim)"
                )
        _check_derived(name, signal, signals)
    for event in events:
        _check_event(event, sizes)


def _check_array(name: str, signal: Signal, array: np.ndarray) -> None:
    if not isinstance(name, str) or not NAME.fullmatch(name):
        raise TraceError(f"Trace: want names of letters, digits and _, got {name!r:.90} (rename the signal)")
    if not isinstance(signal, Signal):
        raise TraceError(f"{name}: want a Signal, got {type(signal).__name__} (say its kind and dims)")
    if not isinstance(array, np.ndarray) or array.dtype.name not in NUMPY_NAMES:
        got = array.dtype if isinstance(array, np.ndarray) else type(array).__name__
        raise TraceError(f"{name}: want an array of {', '.join(NUMPY_NAMES)}, got {got} (convert it)")
    if len(array.shape) != len(signal.dims) or len(signal.dims) > RANK or 0 in array.shape:
        raise TraceError(f"{name}: want ({', '.join(signal.dims)}), none empty, got shape {array.shape} (reshape it)")


def _check_derived(name: str, signal: Signal, signals: Mapping[str, Signal]) -> None:
    if signal.kind != "gradient":
        return
    if signal.derived is None:
        raise TraceError(f"{name}: want the signal this is the gradient of, got none (set Signal.derived)")
    base = signals.get(signal.derived)
    if base is not None and base.dims != signal.dims:
        raise TraceError(f"{name}: want the dims of {signal.derived}, {base.dims}, got {signal.dims} (transpose it)")


def _check_event(event: Event, sizes: Mapping[str, tuple[int, str]]) -> None:
    if not isinstance(event, Event):
        raise TraceError(f"Trace.events: want Event, got {type(event).__name__} (use Event(t, name, ...))")
    places = [("t", event.t)] if event.slot is None else [("t", event.t), ("slot", event.slot)]
    if event.head is not None:
        side, _, number = event.head.partition(".")
        places.append((side, int(number)))
    for dim, index in places:
        size = sizes.get(dim, (0, ""))[0]
        if index >= size and (size or dim == "t"):
            raise TraceError(f"Trace.events: want {dim} < {size}, got {index} in {event!r:.120} (drop the event)")
