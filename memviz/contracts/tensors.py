"""The safetensors layout, checked before anything is allocated: no array overlaps another or lies outside."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Any

import numpy as np

from memviz.contracts.json_text import parse_json

# The safetensors names of the dtypes an array of ours may have.
DTYPES = {
    "F16": "<f2",
    "F32": "<f4",
    "F64": "<f8",
    "I8": "<i1",
    "I16": "<i2",
    "I32": "<i4",
    "I64": "<i8",
    "U8": "<u1",
    "BOOL": "|b1",
}
NUMPY_NAMES = tuple(np.dtype(code).name for code in DTYPES.values())
# Words joined by . / : or -, so that no name is a path out of anywhere.
NAME = re.compile(r"[A-Za-z0-9_]+(?:[./:-][A-Za-z0-9_]+)*")
NAME_LENGTH = 200
RANK = 8
LARGEST = 1 << 48  # of a size or an offset; keeps products exact and far from any real file


@dataclass(frozen=True)
class Place:
    """Where one array lies in the data."""

    name: str
    dtype: str
    shape: tuple[int, ...]
    begin: int
    end: int

    def take(self, data: memoryview) -> np.ndarray:
        """A copy of the array, aligned and writable."""
        array = np.frombuffer(data[self.begin : self.end], dtype=np.uint8).copy().view(self.dtype)
        if self.dtype == DTYPES["BOOL"] and (array.view(np.uint8) > 1).any():
            raise ValueError(f"array {self.name} of BOOL with other bytes than 0 and 1")
        return array.reshape(self.shape)


def read_header(blob: bytes, largest: int) -> tuple[dict[str, Any], int]:
    """The JSON header of at most `largest` bytes, and where the data begins. Raises ValueError when there is none."""
    length = int.from_bytes(blob[:8], "little")
    if len(blob) < 8 or length > len(blob) - 8:
        raise ValueError("a file that ends before its header does")
    if length > largest:
        raise ValueError(f"a header of {length} bytes, where at most {largest} are read")
    header = parse_json(blob[8 : 8 + length].decode("utf-8"))
    if not isinstance(header, dict):
        raise ValueError("a file without a safetensors header")
    return header, 8 + length


def is_name(name: Any) -> bool:
    """Whether an array may be called so in a file."""
    return isinstance(name, str) and len(name) <= NAME_LENGTH and NAME.fullmatch(name) is not None


def layout(entries: dict[str, Any], size: int) -> list[Place]:
    """The places of all arrays in `size` bytes of data, gapless and in order. Raises ValueError otherwise."""
    places = sorted((_place(name, entry) for name, entry in entries.items()), key=lambda p: (p.begin, p.end))
    end = 0
    for place in places:
        if place.begin != end:
            raise ValueError(f"array {place.name} from byte {place.begin}, where {end} is due")
        end = place.end
    if end != size:
        raise ValueError(f"{size} bytes of arrays, where {end} are due")
    return places


def _place(name: str, entry: Any) -> Place:
    if not is_name(name):
        raise ValueError(f"an array named {name!r:.60}, where letters, digits, _ and single . / : - are read")
    if not isinstance(entry, dict) or entry.keys() != {"dtype", "shape", "data_offsets"}:
        raise ValueError(f"array {name} as {entry!r:.60}, where dtype, shape and data_offsets are due")
    code = DTYPES.get(entry["dtype"]) if isinstance(entry["dtype"], str) else None
    if code is None:
        raise ValueError(f"array {name} of dtype {entry['dtype']!r:.40}, where {', '.join(DTYPES)} are read")
    shape, offsets = entry["shape"], entry["data_offsets"]
    if not _whole(shape) or len(shape) > RANK:
        raise ValueError(f"array {name} of shape {shape!r:.60}, where at most {RANK} whole numbers are read")
    if not _whole(offsets) or len(offsets) != 2:
        raise ValueError(f"array {name} at {offsets!r:.60}, where two whole numbers are due")
    begin, end = offsets
    want = math.prod(shape) * np.dtype(code).itemsize
    if end - begin != want:
        raise ValueError(f"array {name} at {begin}..{end}, where {entry['dtype']} {shape} takes {want} bytes")
    if 0 in shape and max(shape) > 1 << 31:
        raise ValueError(f"array {name} of shape {shape}, which nothing has")
    return Place(name, code, tuple(shape), begin, end)


def _whole(values: Any) -> bool:
    return isinstance(values, list) and all(type(value) is int and 0 <= value <= LARGEST for value in values)
