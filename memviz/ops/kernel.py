"""The project's only `njit` decorators, and the contract every memory operation keeps.

Kernels run without the GIL, are cached on disk, and use the fast-math rules that let LLVM vectorise sums
but keep NaN and infinity honest: people bring broken models precisely to see them.

Two rules for every kernel, which nothing checks:

It allocates nothing and returns no array, so numba need count no references (`_nrt`): with counting, a call pays two
atomic steps for every array it is handed, more than many an operation here takes. Take views with slices and
`reshape(-1)` (not `ravel`), copy with `ops.copy.copy` (not `a[:] = b`).

The arrays it is handed do not overlap, if it writes into one of them (`noalias`). Otherwise LLVM would keep two
copies of every loop that stores, one of them scalar for arrays that overlap or lie close together: slower, and where
the loop also sums, the sum's last bits would depend on where arrays happen to lie.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numba
import numpy as np
from numba.core.cpu import CPUTargetOptions

FASTMATH = {"reassoc", "contract", "nsz", "arcp"}  # without nnan and ninf

CPUTargetOptions.noalias = CPUTargetOptions.Mapping("noalias")  # numba has the flag, its decorator does not offer it
_OPTIONS = {"cache": True, "nogil": True, "error_model": "numpy", "_nrt": False, "noalias": True}
kernel = numba.njit(fastmath=FASTMATH, **_OPTIONS)
# For arithmetic whose order matters: reassociation would undo a compensated step such as (x - n high) - n low.
exact = numba.njit(fastmath={"contract"}, **_OPTIONS)
# For the parts that one large kernel is written in: the body replaces the call. Every kernel is compiled by itself
# and again into each kernel that calls it, so that ten nested ones would compile everything ten times.
part = numba.njit(inline="always", fastmath=FASTMATH, **_OPTIONS)


@dataclass(frozen=True)
class Case:
    """One set of inputs that the op test tries."""

    name: str
    inputs: Mapping[str, Any]  # what the op is differentiated by: float64 arrays and numbers, in the op's own layout
    settings: Mapping[str, Any] = field(default_factory=dict)  # the rest: epsilons and the like
    step: float = 1e-5  # of the central differences: small beside the distance over which the op bends
    close: float = 1e-4  # how far float32 may be from float64, relative to the norm of each array


@dataclass(frozen=True)
class Op:
    """A forward kernel with its hand-written vjp, and the torch twin that keeps both honest.

    A module of this package with a constant OP is tested by tests/ops/test_ops.py; nothing names it elsewhere.

    run(new, **inputs, **settings) -> (outputs, back) drives the pair of kernels. `new(*shape)` gives an array in the
    inputs' dtype, filled with arbitrary finite numbers: take every output and scratch array from it. Numbers among
    the inputs come as 0-d arrays. `outputs` is a tuple of arrays. `back(douts, grads)` gets one gradient per output
    and ADDS each input's gradient into grads[name], an array of the input's shape.

    twin(**inputs, **settings) -> the same outputs from torch tensors, by tensor methods, so that no op imports torch.
    Every input may have further leading dimensions (a batch), which the outputs then have too.

    cases(rng) yields the Cases: a plain one, odd sizes, and every edge that the module's docstring names.
    """

    run: Callable[..., tuple[tuple[np.ndarray, ...], Callable[..., None]]]
    twin: Callable[..., Any]
    cases: Callable[[np.random.Generator], Iterator[Case]]
