"""One flat buffer cut into named arrays, each beginning on a cache line: the work arrays of a model."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
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


@dataclass
class Room:
    """One buffer for chunks of up to T steps and C episodes; `shapes(t, c)` tells the arrays of a chunk of any size."""

    owner: str  # the model, for the error
    shapes: Callable[[int, int], Iterable[Mapping[str, Shape]]]  # in groups, by name
    T: int
    C: int
    dtype: Any
    buffer: np.ndarray = field(init=False)
    _views: dict[Shape, tuple[np.ndarray, ...]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        """Take the memory."""
        self.buffer = take(self._all(self.T, self.C), self.dtype)

    def _all(self, T: int, C: int) -> list[Shape]:
        return [shape for group in self.shapes(T, C) for shape in group.values()]

    def at(self, T: int, C: int) -> tuple[np.ndarray, ...]:
        """The arrays for a chunk of T steps and C episodes; ask once, and the same come again."""
        views = self._views.get((T, C))
        if views is None:
            if T > self.T or C > self.C:
                most = f"at most {self.T} steps of {self.C} episodes"
                raise ValueError(f"{self.owner}.scratch: want {most}, got {T} of {C} (ask for larger scratch)")
            views = self._views[T, C] = tuple(cut(self.buffer, self._all(T, C)))
        return views
