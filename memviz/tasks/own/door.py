"""Where somebody's npz comes in: read without pickle, checked, brought to float32, and kept under its hash."""

from __future__ import annotations

import re

import numpy as np

from memviz.contracts import npz, store
from memviz.contracts.errors import FileError
from memviz.tasks.own.data import FORMAT, NAME, load, name_of, path_of

LIMITS = store.Limits(file_bytes=64 << 20, arrays=3)
SEQUENCES, STEPS, WIDTH = 1_000_000, 2000, 1024  # at most
NAMES = ("inputs", "targets", "mask")


def keep(source: str | bytes) -> str:
    """The name of the data of an npz file, or of an upload's bytes; a name that is one already stays as it is.

    Raises FileError whatever the bytes are, unless they are data to learn from.
    """
    if isinstance(source, str) and re.fullmatch(NAME, source):
        return source
    arrays = examine(npz.read(source, LIMITS), "npz" if isinstance(source, bytes) else source)
    name = name_of(arrays)
    try:
        load(name)
    except FileError:  # not kept yet, or damaged since
        store.write_file(path_of(name), FORMAT, {}, arrays)
    return name


def examine(arrays: dict[str, np.ndarray], where: str) -> dict[str, np.ndarray]:
    """The three arrays in float32. Raises FileError for what is not data to learn from."""
    if not {"inputs", "targets"} <= arrays.keys() <= set(NAMES):
        raise _refuse(where, "inputs, targets and perhaps mask", ", ".join(sorted(arrays)), "name the arrays so")
    arrays = {"mask": np.ones(arrays["inputs"].shape[:2], np.float32), **arrays}
    _check_shapes(where, *(arrays[name].shape for name in NAMES))
    with np.errstate(over="ignore"):  # too large a number becomes infinite, and is refused
        ready = {name: np.ascontiguousarray(arrays[name], np.float32) for name in NAMES}
    for name in NAMES:
        if not np.isfinite(ready[name]).all():
            raise _refuse(where, f"finite {name}", "NaN, infinite or huge numbers", "replace them")
    if ready["targets"].min() < 0 or ready["targets"].max() > 1:
        raise _refuse(where, "targets in [0, 1]", _range(ready["targets"]), "scale them")
    if not np.isin(ready["mask"], (0, 1)).all():
        raise _refuse(where, "a mask of 0 and 1", _range(ready["mask"]), "1 where the answer counts")
    if not ready["mask"].any(axis=1).all():
        silent = int(np.flatnonzero(~ready["mask"].any(axis=1))[0])
        raise _refuse(where, "an answer in every sequence", f"none in sequence {silent}", "leave that one out")
    return ready


def _check_shapes(where: str, inputs: tuple[int, ...], targets: tuple[int, ...], mask: tuple[int, ...]) -> None:
    shapes = f"{inputs}, {targets} and {mask}"
    if len(inputs) != 3 or len(targets) != 3 or len(mask) != 2 or not inputs[:2] == targets[:2] == mask:
        raise _refuse(where, "inputs (S, T, X), targets (S, T, Y), mask (S, T)", shapes, "sequences first, then steps")
    if not 2 <= inputs[0] <= SEQUENCES or inputs[1] > STEPS or max(inputs[2], targets[2]) > WIDTH:
        limits = f"2..{SEQUENCES} sequences of at most {STEPS} steps, {WIDTH} numbers wide"
        raise _refuse(where, limits, shapes, "cut the data")


def _range(array: np.ndarray) -> str:
    return f"{array.min():.4g}..{array.max():.4g}"


def _refuse(where: str, want: str, got: str, remedy: str) -> FileError:
    return FileError(f"{where}: want {want}, got {got:.200} ({remedy})")
