"""The float32 polynomials are as exact as promised over their whole range, keep NaN and infinity, and vectorise."""

from __future__ import annotations

import platform
import re

import numba
import numpy as np
import pytest

from memviz.ops import vectormath
from memviz.ops.kernel import FASTMATH, kernel

EXACT = {  # name -> (float64 reference, promised relative error in float32)
    "exp": (np.exp, 1e-7),
    "log": (np.log, 1e-7),
    "tanh": (np.tanh, 3e-7),
    "sigmoid": (lambda x: np.exp(-np.logaddexp(0, -x)), 3e-7),
    "softplus": (lambda x: np.logaddexp(0, x), 3e-7),
    "oneplus": (lambda x: 1 + np.logaddexp(0, x), 3e-7),
}


def mapped(function):
    """A kernel that applies `function` to an array."""

    @kernel
    def loop(x, out):
        for i in range(x.size):
            out[i] = function(x[i])

    return loop


KERNELS = {name: mapped(getattr(vectormath, name)) for name in EXACT}


def apply(name, x):
    out = np.empty_like(x)
    KERNELS[name](x, out)
    return out


def inputs(name, dtype):
    rng = np.random.default_rng(0)
    wide = 10.0 ** rng.uniform(-37, 38, 20_000)
    x = np.concatenate(
        [np.linspace(-110, 110, 40_001), rng.normal(0, 1, 20_000), wide, -wide, np.linspace(0.5, 2, 9_999)]
    )
    return (np.abs(x) if name == "log" else x).astype(dtype)


@pytest.mark.parametrize("name", EXACT)
def test_float32_is_within_its_promise_everywhere(name):
    reference, promise = EXACT[name]
    x = inputs(name, np.float32)
    x = x[x >= 2.0**-126] if name == "log" else x
    with np.errstate(over="ignore", under="ignore"):
        want = reference(x.astype(np.float64))
    got = apply(name, x)
    normal = (np.abs(want) >= 2.0**-126) & (np.abs(want) <= np.finfo(np.float32).max)
    normal &= (np.abs(x) > 1e-30) | (name != "tanh")  # there its square underflows
    assert (np.abs(got[normal] / want[normal] - 1)).max() <= promise
    with np.errstate(over="ignore"):
        rest = want[~normal].astype(np.float32)
    np.testing.assert_allclose(got[~normal], rest, rtol=1e-5, atol=2.0**-126)


@pytest.mark.parametrize("name", EXACT)
def test_float64_is_libm(name):
    x = inputs(name, np.float64)
    x = x[x > 0] if name == "log" else x
    with np.errstate(over="ignore", under="ignore"):
        np.testing.assert_allclose(
            apply(name, x), EXACT[name][0](x), rtol=1e-14, atol=0 if name != "sigmoid" else 1e-300
        )


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", EXACT)
def test_nan_infinity_and_zero_are_kept(name, dtype):
    inf, near = np.inf, 1 - 2.5e-7
    limits = {
        "exp": [0, inf, 1],
        "log": [np.nan, inf, -inf],
        "tanh": [-1, 1, 0],
        "sigmoid": [0, 1, 0.5],
        "softplus": [0, inf, np.log(2)],
        "oneplus": [1, inf, 1 + np.log(2)],
    }[name]
    with np.errstate(divide="ignore", invalid="ignore"):
        got = apply(name, np.array([-inf, inf, 0, np.nan], dtype))
    np.testing.assert_allclose(got, [*limits, np.nan], rtol=1 - near)


def test_the_larger_of_two_keeps_nan():
    @kernel
    def largest(x):
        best = x[0]
        for i in range(x.size):
            best = vectormath.larger(best, x[i])
        return best

    for dtype in (np.float32, np.float64):
        x = np.random.default_rng(1).normal(size=77).astype(dtype)
        assert largest(x) == x.max()
        x[40] = np.nan
        assert np.isnan(largest(x))


@pytest.mark.skipif(platform.machine() != "x86_64", reason="reads x86 assembly")
@pytest.mark.parametrize("name", EXACT)
def test_loops_in_float32_are_vector_code(name):
    fresh = numba.njit(fastmath=FASTMATH, error_model="numpy")(KERNELS[name].py_func)  # a cached one keeps no assembly
    fresh(np.ones(4, np.float32), np.ones(4, np.float32))
    (assembly,) = fresh.inspect_asm().values()
    assert len(re.findall(r"\bv?(mul|fn?m(add|sub)\d+)ps\b", assembly)) > 4
    assert "call" not in assembly.split("retq")[0]
