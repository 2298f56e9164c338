"""One flat buffer cut into named arrays, each beginning on a cache line: the work arrays of a model."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import numpy as np

LINE = 64  # bytes of a cache line, and of the widest vector register

Shape = tuple[int, ...]


def _room(shape: Shape, per_line: int) -> int:
    return -(-math.prod(shape) // per_line) * per_line


def take(shapes: Iterable[Shape], dtype: Any) -> np.ndarray:
    """A buffer for arrays of these shapes; its contents are arbitrary."""
    per_line = LINE // np.dtype(dtype).itemsize
    size = sum(_room(shape, per_line) for shape in shapes)
    raw = np.empty(size + per_line, dtype)
    skip = -(raw.ctypes.data // raw.itemsize) % per_line
    return raw[skip : skip + size]


def cut(buffer: np.ndarray, shapes: Iterable[Shape]) -> list[np.ndarray]:
    """Arrays of these shapes, one behind the other in the buffer."""
    per_line, start, views = LINE // buffer.itemsize, 0, []
    for shape in shapes:
        views.append(buffer[start : start + math.prod(shape)].reshape(shape))
        start += _room(shape, per_line)
    return views
