"""One flat float32 vector holds all parameters; models see it as a dict of named views."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from memviz.contracts.errors import FileError
from memviz.contracts.model import Arrays

LINE = 16  # float32 numbers in a cache line: every block begins on one, and the gaps stay zero for ever


@dataclass(frozen=True)
class Layout:
    """Which block of which shape begins where."""

    names: tuple[str, ...]
    shapes: tuple[tuple[int, ...], ...]
    starts: tuple[int, ...]
    size: int

    @classmethod
    def of(cls, shapes: Mapping[str, tuple[int, ...]]) -> Layout:
        """The layout of blocks of these shapes, in their order."""
        starts, end = [], 0
        for shape in shapes.values():
            starts.append(end)
            end += -(-math.prod(shape) // LINE) * LINE
        return cls(tuple(shapes), tuple(shapes.values()), tuple(starts), end)

    def empty(self, lanes: int = 1) -> np.ndarray:
        """Zeros (lanes, size) whose rows begin on a cache line."""
        raw = np.zeros(lanes * self.size + LINE, np.float32)
        skip = -(raw.ctypes.data // raw.itemsize) % LINE
        return raw[skip : skip + lanes * self.size].reshape(lanes, self.size)

    def views(self, flat: np.ndarray) -> Arrays:
        """Named views into one flat vector; writing to them writes to it."""
        blocks = zip(self.names, self.shapes, self.starts, strict=True)
        return {name: flat[start : start + math.prod(shape)].reshape(shape) for name, shape, start in blocks}

    def check(self, arrays: Mapping[str, np.ndarray], where: str) -> None:
        """Raise FileError when named blocks are not these."""
        for name, shape in zip(self.names, self.shapes, strict=True):
            if name not in arrays or arrays[name].shape != shape:
                got = arrays[name].shape if name in arrays else "nothing"
                raise FileError(f"{where}: want {name} of shape {shape}, got {got} (it is of another configuration)")

    def fill(self, flat: np.ndarray, arrays: Mapping[str, np.ndarray], where: str) -> None:
        """Copy named blocks into the flat vector. Raises FileError when they are not these blocks."""
        self.check(arrays, where)
        for name, view in self.views(flat).items():
            view[...] = arrays[name]

    def norms(self, flat: np.ndarray) -> list[tuple[str, float]]:
        """The length of every block, by name."""
        return [(name, float(np.linalg.norm(view))) for name, view in self.views(flat).items()]
