"""What one recorded array means. Models emit signals, views match them by kind and dims, never by name."""

from __future__ import annotations

from dataclasses import dataclass

KINDS = (
    "weighting",  # >= 0, sums to at most 1 over the slots
    "score",  # >= 0
    "memory",  # any real; (slot, word)
    "usage",  # in [0, 1]
    "gate",  # in [0, 1]
    "strength",  # >= 0 (key strength, sharpness)
    "distribution",  # >= 0, sums to 1 over its last dim
    "vector",  # any real (keys, adds, reads)
    "hidden",  # any real (controller state)
    "link",  # in [0, 1]; (slot, slot)
    "input",
    "target",
    "output",
    "gradient",  # d loss / d (the signal named in `derived`), any real
)
# "read" and "write" are head dims; a signal without "t" holds for the whole episode (an initial state).
DIMS = ("t", "read", "write", "slot", "word", "shift", "mode", "input", "output", "hidden")


@dataclass(frozen=True)
class Signal:
    """One named array of a trace: `kind` gives its invariant, `dims` its axes in order (t first)."""

    kind: str
    dims: tuple[str, ...]
    doc: str
    derived: str | None = None  # None: stored by forward; else the name it is computed from
