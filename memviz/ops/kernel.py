"""The project's only `njit` decorator, and the contract every memory operation keeps.

Kernels run without the GIL, are cached on disk, and use the fast-math rules that let LLVM vectorise sums
but keep NaN and infinity honest: people bring broken models precisely to see them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numba

FASTMATH = {"reassoc", "contract", "nsz", "arcp"}  # without nnan and ninf

kernel = numba.njit(cache=True, nogil=True, fastmath=FASTMATH, error_model="numpy")
# For arithmetic whose order matters: reassociation would undo a compensated step such as (x - n high) - n low.
exact = numba.njit(cache=True, nogil=True, fastmath={"contract"}, error_model="numpy")


@dataclass(frozen=True)
class Op:
    """A forward kernel, its hand-written vjp and the torch twin that keeps both honest."""

    forward: Callable[..., Any]
    vjp: Callable[..., Any]
    twin: Callable[..., Any]
    cases: Callable[..., Iterator[Any]]
