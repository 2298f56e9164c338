"""The scope's wire frames: one JSON header, then 8-byte aligned arrays; the same bytes for a socket, a file and a page.

frame = [u32 little-endian header length][JSON, padded with spaces][arrays, each starting at a multiple of 8].
`header["arrays"]` lists [name, dtype, shape, offset from the arrays' start]. The browser reads them without a copy.
"""

from __future__ import annotations

import json
import math
import struct
from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np

from memviz.contracts.errors import FileError
from memviz.contracts.panel import Panel
from memviz.render.limits import limits_of

DTYPES = {"f4": np.dtype("<f4"), "u1": np.dtype("u1"), "i4": np.dtype("<i4")}
FRAME_VERSION = 1


def plain(value: Any) -> Any:
    """`value` as JSON can hold it: dataclasses become dicts, tuples lists, non-finite numbers None."""
    if isinstance(value, str | int | None):  # most values; a frame has thousands, ten times a second beside a training
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain(item) for item in value]
    if isinstance(value, np.ndarray):
        return plain(value.tolist())
    if isinstance(value, np.generic):
        return plain(value.item())
    if is_dataclass(value):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    return value


def pack(header: Mapping[str, Any], arrays: Mapping[str, np.ndarray]) -> bytes:
    """One frame. Floats go as float32, booleans and bytes as uint8, integers as int32."""
    specs, parts, offset = [], [], 0
    for name, array in arrays.items():
        code = {"f": "f4", "b": "u1", "i": "i4", "u": "i4"}[array.dtype.kind]
        code = "u1" if array.dtype == np.uint8 else code
        body = np.ascontiguousarray(array, dtype=DTYPES[code]).tobytes()
        specs.append([name, code, list(array.shape), offset])
        padding = -len(body) % 8
        parts += [body, b"\0" * padding]
        offset += len(body) + padding
    text = json.dumps(plain({**header, "arrays": specs}), allow_nan=False, separators=(",", ":")).encode()
    text += b" " * (-(4 + len(text)) % 8)
    return b"".join([struct.pack("<I", len(text)), text, *parts])


def unpack(frame: bytes) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Header and read-only arrays of a frame.

    Raises FileError for anything that is not one whole frame.
    """
    try:
        (length,) = struct.unpack_from("<I", frame)
        header = json.loads(frame[4 : 4 + length])
        arrays = {spec[0]: _view(frame, 4 + length, spec) for spec in header["arrays"]}
    except (struct.error, ValueError, KeyError, TypeError, IndexError) as error:
        want = f"encode.unpack: want a whole frame, got {len(frame)} bytes"
        raise FileError(f"{want} ({error}; fetch it again)") from error
    return header, arrays


def _view(frame: bytes, start: int, spec: list[Any]) -> np.ndarray:
    name, code, shape, offset = spec
    if offset < 0 or min(shape, default=0) < 0:
        raise ValueError(f"array {name!r} lies outside the frame")
    return np.frombuffer(frame, DTYPES[code], math.prod(shape), start + offset).reshape(shape)


def trace_frame(
    trace: Any,
    panels: Iterable[Panel],
    *,
    version: int = 0,
    update: int | None = None,
    source: str = "recorded",
    limits: Mapping[str, Any] | None = None,
    **more: Any,
) -> bytes:
    """A whole episode and how to draw it. `trace` is a contracts Trace; `source` "recorded" | "live" | "probe".

    `limits`: the run's fixed scales (`limits_of` a trace, grown with `merge_limits`); by default this trace's own.
    `more` joins the header: `published` (seconds since the epoch) lets the browser measure publish to pixels.
    """
    panels = list(panels)
    header = {
        "type": "trace",
        "frame": FRAME_VERSION,
        "v": version,
        "update": trace.meta.get("update", 0) if update is None else update,
        "source": source,
        "meta": dict(trace.meta),
        "signals": dict(trace.signals),
        "panels": panels,
        "events": list(trace.events),
        "findings": list(trace.findings),
        "limits": limits_of(trace) if limits is None else limits,
        **more,
    }
    return pack(header, {name: trace.arrays[name] for name in trace.signals})


def status_frame(status: Mapping[str, Any]) -> bytes:
    """Where the run stands (Run.status()); no arrays."""
    return pack({"type": "status", **status}, {})


def curve_frame(curve: Mapping[str, np.ndarray], start: int = 0, branch: int | None = None) -> bytes:
    """The run's history: `update`, `bits`, `wrong`, `norm`; start 0 replaces what the browser has, else it appends.

    `branch`: the id of another branch than the present one, whole.
    """
    columns = {name: np.asarray(curve[name]) for name in ("update", "bits", "wrong", "norm")}
    columns["update"] = columns["update"].astype(np.int32)
    return pack(
        {"type": "curve", "from": start, "branch": branch},
        {n: c if n == "update" else c.astype("f4") for n, c in columns.items()},
    )


def phase_frame(
    update: int, phase: str, t: int | None = None, blocks: Iterable[tuple[str, float]] = (), loss: float | None = None
) -> bytes:
    """Slow motion within one update: "forward" | "loss" | "gradient" | "update"; blocks = gradient norms by name."""
    return pack(
        {"type": "phase", "update": update, "phase": phase, "t": t, "blocks": [list(b) for b in blocks], "loss": loss},
        {},
    )


def error_frame(message: str, remedy: str = "") -> bytes:
    """What went wrong and what to do, for the error card."""
    return pack({"type": "error", "message": message, "remedy": remedy}, {})
