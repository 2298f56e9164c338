"""A Trace is one episode as named arrays: time first, (slot, word) order, plus events, findings and where it came from.

Two levels of checking. *Structure* (names, shapes, dtypes, dims) is refused with a TraceError. *Meaning* (NaN, a
weighting that sums to 3) is recorded as findings: people bring broken models precisely to see that.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self, cast

import numpy as np

from memviz.contracts import guess, npz, store, structure
from memviz.contracts.errors import FileError, TraceError
from memviz.contracts.events import Event
from memviz.contracts.finding import Finding, find, first_nonfinite
from memviz.contracts.signal import Signal

FORMAT = "memviz-trace/1"


@dataclass(frozen=True, eq=False)
class Trace:
    """One recorded episode. Left out, `findings` are computed; `meta` holds JSON values (model, task, seed, ...)."""

    signals: Mapping[str, Signal]
    arrays: Mapping[str, np.ndarray]
    events: tuple[Event, ...] = ()
    findings: tuple[Finding, ...] = cast("tuple[Finding, ...]", None)
    meta: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Check the structure and record the meaning; the arrays are kept as they are, not copied."""
        structure.check(self.signals, self.arrays, self.events)
        if not isinstance(self.meta, Mapping):
            raise TraceError(f"Trace.meta: want a mapping of JSON values, got {type(self.meta).__name__} (use a dict)")
        found = find(self.signals, self.arrays) if self.findings is None else tuple(self.findings)
        own = {"signals": dict(self.signals), "arrays": dict(self.arrays), "meta": dict(self.meta)}
        for name, value in {**own, "events": tuple(self.events), "findings": found}.items():
            object.__setattr__(self, name, value)

    def __getitem__(self, name: str) -> np.ndarray:
        """The array of a signal. Raises TraceError when the trace has none of that name."""
        if name not in self.arrays:
            raise TraceError(f"Trace: want one of {', '.join(self.arrays)[:200]}, got {name!r:.40} (see trace.signals)")
        return self.arrays[name]

    @property
    def steps(self) -> int:
        """T, the number of steps."""
        return self.size("t")

    def size(self, dim: str) -> int:
        """How long a dim is; 0 when no signal has it."""
        owner = next((name for name, signal in self.signals.items() if dim in signal.dims), None)
        return 0 if owner is None else self.arrays[owner].shape[self.signals[owner].dims.index(dim)]

    def cut(self, t: int, text: str = "") -> Self:
        """The steps before t (at least one), ended by a "cut" event that says why."""
        keep = min(max(t, 1), self.steps)
        arrays = {n: a[:keep] if self.signals[n].dims[:1] == ("t",) else a for n, a in self.arrays.items()}
        events = [event for event in self.events if event.t < keep]
        events.append(Event(keep - 1, "cut", text=text or f"the episode was cut before step {t}"))
        meta = dict(self.meta)
        if isinstance(meta.get("phases"), list | tuple):
            meta["phases"] = list(meta["phases"][:keep])
        return type(self)(self.signals, arrays, tuple(events), meta=meta)

    def finite(self) -> Self:
        """This trace, cut at its first step that holds a NaN or an infinity (see `cut`)."""
        first = first_nonfinite(self.signals, self.arrays)
        return self if first is None else self.cut(first[0], f"step {first[0]} is not finite: {first[1]}")

    @classmethod
    def from_arrays(
        cls,
        arrays: Mapping[str, Any],
        signals: Mapping[str, Signal] | None = None,
        kinds: Mapping[str, str] | None = None,
        events: tuple[Event, ...] = (),
        meta: Mapping[str, Any] | None = None,
    ) -> Self:
        """A trace of arrays somebody already has; what `signals` and `kinds` leave out is guessed (see guess.py)."""
        guessed, shaped = guess.guess(arrays, signals or {}, kinds or {})
        return cls(guessed, shaped, events, meta=meta or {})

    @classmethod
    def from_npz(cls, source: Path | str | bytes, kinds: Mapping[str, str] | None = None, where: str = "npz") -> Self:
        """A trace from an npz file (or its bytes, which came from `where`), read without pickle and within limits.

        Raises FileError for anything but an npz of numbers, TraceError for arrays whose meaning cannot be guessed.
        """
        where = where if isinstance(source, bytes) else str(source)
        return cls.from_arrays(npz.read(source, where=where), kinds=kinds, meta={"title": Path(where).name})

    def to_bytes(self) -> bytes:
        """The whole trace as one safetensors file."""
        return store.pack(FORMAT, self._header(), self.arrays)

    def save(self, path: Path | str) -> None:
        """Write the trace as one safetensors file, atomically."""
        store.write_file(path, FORMAT, self._header(), self.arrays)

    @classmethod
    def from_bytes(cls, blob: bytes, where: str = "upload", limits: store.Limits = store.LIMITS) -> Self:
        """The trace of an upload. Raises FileError whatever the bytes are."""
        return cls._from_file(where, *store.unpack(blob, (FORMAT,), limits, where))

    @classmethod
    def load(cls, path: Path | str, limits: store.Limits = store.LIMITS) -> Self:
        """The trace of a file. Raises FileError whatever the file is."""
        return cls._from_file(str(path), *store.read_file(path, (FORMAT,), limits))

    def to_xarray(self) -> Any:
        """The trace as an xarray Dataset, for notebooks. Raises TraceError when xarray is not installed."""
        try:
            import xarray  # type: ignore[import-not-found, unused-ignore]
        except ImportError as error:
            raise TraceError("Trace.to_xarray: want xarray, got none installed (pip install xarray)") from error
        data = {n: (_apart(self.signals[n].dims), a, self.signals[n].to_dict()) for n, a in self.arrays.items()}
        return xarray.Dataset(data, attrs=dict(self.meta))

    def _header(self) -> dict[str, Any]:
        return {
            "signals": {name: signal.to_dict() for name, signal in self.signals.items()},
            "events": [event.to_dict() for event in self.events],
            "findings": [finding.to_dict() for finding in self.findings],
            "meta": dict(self.meta),
        }

    @classmethod
    def _from_file(cls, where: str, header: dict[str, Any], arrays: dict[str, np.ndarray]) -> Self:
        try:
            signals = {name: Signal.from_dict(values) for name, values in header["signals"].items()}
            events = tuple(map(Event.from_dict, header["events"]))
            findings = tuple(map(Finding.from_dict, header["findings"]))
            ordered = {name: arrays[name] for name in signals} | arrays
            return cls(signals, ordered, events, findings, header["meta"])
        except (TraceError, KeyError, TypeError, AttributeError) as error:
            raise FileError(f"{where}: want a {FORMAT} header, got {error!s:.300} (record the trace again)") from error


def _apart(dims: tuple[str, ...]) -> tuple[str, ...]:
    # xarray wants different names: (slot, slot) becomes (slot, slot_2)
    return tuple(dim if dim not in dims[:i] else f"{dim}_2" for i, dim in enumerate(dims))
