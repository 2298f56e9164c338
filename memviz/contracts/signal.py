"""What one recorded array means. Models emit signals, views match them by kind and dims, never by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from memviz.contracts.errors import TraceError

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
# "length" is of what was measured over episodes of many lengths.
DIMS = ("t", "read", "write", "slot", "word", "shift", "mode", "input", "output", "hidden", "length")
NEEDED = {"weighting": ("slot",), "memory": ("slot", "word"), "usage": ("slot",), "link": ("slot", "slot")}  # last dims


@dataclass(frozen=True)
class Signal:
    """One named array of a trace: `kind` gives its invariant, `dims` its axes in order (t first)."""

    kind: str
    dims: tuple[str, ...]
    doc: str
    derived: str | None = None  # None: stored by forward; else the name it is computed from

    def __post_init__(self) -> None:
        """Refuse a signal no view could ever match."""
        if self.kind not in KINDS:
            raise TraceError(
                f"Signal.kind: want one of {', '.join(KINDS)}, got {self.kind!r:.40} (vector fits any real)"
            )
        if not isinstance(self.dims, tuple) or not all(isinstance(dim, str) and dim in DIMS for dim in self.dims):
            raise TraceError(f"Signal.dims: want a tuple of {', '.join(DIMS)}, got {self.dims!r:.80} (rename the axes)")
        needed = NEEDED.get(self.kind, ()) or self.dims[-1:]
        if self.dims[len(self.dims) - len(needed) :] != needed or (self.kind == "distribution" and not needed):
            raise TraceError(
                f"Signal.dims: want a {self.kind} to end in {', '.join(needed) or 'a dim'}, got {self.dims}"
            )
        if "t" in self.dims[1:]:
            raise TraceError(f"Signal.dims: want t first, got {self.dims} (move the time axis to the front)")
        if not isinstance(self.doc, str) or not isinstance(self.derived, str | None):
            raise TraceError(f"Signal.doc: want a string, got {self!r:.80} (say what the array means)")

    def to_dict(self) -> dict[str, Any]:
        """JSON values for a file header or the wire."""
        return {"kind": self.kind, "dims": list(self.dims), "doc": self.doc, "derived": self.derived}

    @classmethod
    def from_dict(cls, values: Any) -> Signal:
        """The signal a header holds. Raises TraceError when it does not hold one."""
        known = ("kind", "dims", "doc", "derived")
        if not isinstance(values, Mapping) or set(values) - set(known) or not {"kind", "dims"} <= set(values):
            raise TraceError(f"Signal: want an object with {', '.join(known)}, got {values!r:.80} (save again)")
        dims = values["dims"]
        if not isinstance(dims, list) or not isinstance(values["kind"], str):
            raise TraceError(f"Signal.dims: want a list, got {dims!r:.80} (save again)")
        return cls(values["kind"], tuple(dims), values.get("doc", ""), values.get("derived"))
