"""What plain arrays probably mean, from their names and shapes, for people who already have recordings.

The first word of WORDS found in a name gives the kind; the kind and the number of axes give the dims (FORMS); "write"
in the name means a write head, else a read head; a missing head axis is added, so that (t, slot) becomes one head.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import numpy as np

from memviz.contracts.errors import TraceError
from memviz.contracts.signal import Signal

WORDS = {
    "link": "link",
    "usage": "usage",
    "gate": "gate",
    "mask": "gate",
    "erase": "gate",
    "free": "gate",
    "strength": "strength",
    "beta": "strength",
    "gamma": "strength",
    "sharp": "strength",
    "shift": "distribution",
    "mode": "distribution",
    "score": "score",
    "weight": "weighting",
    "attention": "weighting",
    "attn": "weighting",
    "vector": "vector",
    "key": "vector",
    "mem": "memory",
    "hidden": "hidden",
    "cell": "hidden",
    "state": "hidden",
    "input": "input",
    "target": "target",
    "label": "target",
    "output": "output",
}
# kind -> the dims after t that it may have; a leading "+head" is an axis that is added when it is missing
FORMS: dict[str, tuple[tuple[str, ...], ...]] = {
    "weighting": (("+head", "slot"),),
    "score": (("slot",), ("head", "slot")),
    "memory": (("slot", "word"),),
    "usage": (("slot",),),
    "gate": ((), ("head",), ("head", "word")),
    "strength": (("+head",),),
    "distribution": (("+head", "shift"),),
    "vector": (("+head", "word"),),
    "hidden": (("hidden",), ()),
    "link": (("slot", "slot"),),
    "input": (("input",),),
    "target": (("output",),),
    "output": (("output",),),
}


def guess(
    arrays: Mapping[str, Any], signals: Mapping[str, Signal], kinds: Mapping[str, str]
) -> tuple[dict[str, Signal], dict[str, np.ndarray]]:
    """Signals, and the arrays shaped to fit them. Raises TraceError for an array nothing fits."""
    found: dict[str, Signal] = {}
    shaped: dict[str, np.ndarray] = {}
    if unknown := sorted((signals.keys() | kinds.keys()) - arrays.keys()):
        raise TraceError(
            f"Trace.from_arrays: want names of arrays, got {', '.join(unknown)[:200]} (check the spelling)"
        )
    for original, values in arrays.items():
        name, array = _word(str(original)), np.asarray(values)
        if name in found:
            raise TraceError(f"Trace.from_arrays: want different names, got {name} twice (rename {original!r:.60})")
        if original in signals:
            found[name], shaped[name] = signals[original], array
        else:
            kind = kinds.get(original) or _kind(name, array)
            found[name], shaped[name] = _fit(name, kind, array)
    return found, shaped


def _word(name: str) -> str:
    word = re.sub(r"[^A-Za-z0-9]+", "_", name).strip("_")
    return word if word[:1].isalpha() else f"signal_{word}"


def _kind(name: str, array: np.ndarray) -> str:
    lowered = name.lower()
    fallback = "vector" if array.ndim == 3 else "hidden"
    return next((kind for word, kind in WORDS.items() if word in lowered), fallback)


def _fit(name: str, kind: str, array: np.ndarray) -> tuple[Signal, np.ndarray]:
    head = "write" if "write" in name.lower() or "erase" in name.lower() else "read"
    time = () if name.lower().endswith(("_start", "_initial")) else ("t",)
    for form in FORMS.get(kind, ()):
        dims = (*time, *(head if dim.endswith("head") else dim for dim in form))
        if array.ndim == len(dims):
            return Signal(kind, dims, name.replace("_", " ")), array
        if array.ndim == len(dims) - 1 and form[:1] == ("+head",):
            return Signal(kind, dims, name.replace("_", " ")), np.expand_dims(array, len(time))
    raise TraceError(
        f"{name}: want the axes of a {kind}, t first, got shape {array.shape} "
        f'(say what it is: signals={{"{name}": Signal(kind, dims, doc)}}, or take one episode of a batch)'
    )
