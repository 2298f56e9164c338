"""exp, log, tanh, sigmoid, softplus, oneplus and the larger of two, fit for the inside of any loop.

In float32 each is a branch-free polynomial that LLVM turns into vector code when a loop calls it (libm's functions
stay scalar and cost ten times as much). In float64, which only checks use, they call libm.

    exp(x)      = 2^n exp(r),  n = round(x / ln 2),  r = x - n ln 2 in [-ln 2 / 2, ln 2 / 2]
    log(x)      = n ln 2 + log(m),  x = 2^n m,  m in [sqrt 1/2, sqrt 2]
    tanh(x)     = x p(x^2) / q(x^2)
    sigmoid(x)  = 1 / (1 + exp(-x))
    softplus(x) = max(x, 0) + log(1 + exp(-|x|))
    oneplus(x)  = 1 + softplus(x)

Source: exp and log after S. Moshier's Cephes library (expf, logf); tanh's rational form as in Eigen and XLA.
Symbols: x any float32 or float64; the result has x's type.
Edges: NaN gives NaN; exp(inf) = inf, exp(-inf) = 0, log(0) = -inf, log(negative) = NaN. In float32 results of exp
below 2^-126 become 0, log of a number below 2^-126 is -inf, tanh ends at 1 - 2.4e-7. Relative error in float32: exp
and log 1e-7, the others 3e-7.
"""

from __future__ import annotations

import math

import numpy as np
from llvmlite import ir
from numba import types
from numba.core.cgutils import get_or_insert_function
from numba.extending import intrinsic, overload

from memviz.ops.kernel import exact

F, I = np.float32, np.int32  # noqa: E741  (the types of the constants below)
ZERO, HALF, ONE, TWO, INF, NAN, HUGE = F(0), F(0.5), F(1), F(2), F(np.inf), F(np.nan), F(3e38)
TINY = F(2.0**-126)  # the smallest float32 of full precision
LOG2_E = F(1 / math.log(2))
ROUNDER = F(1.5 * 2**23)  # x + ROUNDER has no room for a fraction: it ends in the bits of the whole number n next to x
LN2_HIGH, LN2_LOW = F(0.693359375), F(math.log(2) - 0.693359375)  # n LN2_HIGH is exact
EXP_LOW, EXP_HIGH = F(-87.33654), F(88.72283)  # exp is TINY and the largest float32 there
E5, E4, E3, E2, E1, E0 = (
    F(c) for c in (1.98756915e-4, 1.39819995e-3, 8.33345191e-3, 4.16657959e-2, 1.66666655e-1, 0.5)
)
L8, L7, L6, L5 = F(7.0376836292e-2), F(-1.1514610310e-1), F(1.1676998740e-1), F(-1.2420140846e-1)
L4, L3, L2, L1, L0 = (
    F(1.4249322787e-1),
    F(-1.6668057665e-1),
    F(2.0000714765e-1),
    F(-2.4999993993e-1),
    F(3.3333331174e-1),
)
SQRT_HALF_BITS, FRACTION_BITS = I(0x3F3504F3), I(23)
A3, A2, A1, A0 = F(0.1343381438), F(0.1411701598), F(0.2000383078), F(0.3333331993)  # least squares, 2e-8
P6, P5, P4, P3 = F(-2.76076847742355e-16), F(2.00018790482477e-13), F(-8.60467152213735e-11), F(5.12229709037114e-08)
P2, P1, P0 = F(1.48572235717979e-05), F(6.37261928875436e-04), F(4.89352455891786e-03)
Q3, Q2, Q1, Q0 = F(1.19825839466702e-06), F(1.18534705686654e-04), F(2.26843463243900e-03), F(4.89352518554385e-03)
TANH_LIMIT = F(7.90531110763549805)  # beyond, 1 - tanh(x) < 3e-7


@intrinsic
def _bits_of(context, x):
    """The bits of a float32, as an int32."""
    return types.int32(types.float32), lambda _, builder, __, args: builder.bitcast(args[0], ir.IntType(32))


@intrinsic
def _float_of(context, bits):
    """The float32 with these bits."""
    return types.float32(types.int32), lambda _, builder, __, args: builder.bitcast(args[0], ir.FloatType())


@intrinsic
def larger(context, a, b):
    """The larger of two numbers of one float type; NaN if either is NaN.

    Maxima over an array need it: without fast-math's nnan a loop with Python's `max` stays scalar (42 ns for 128
    numbers), with llvm.maximum LLVM vectorises it (9 ns).
    """

    def code(_, builder, signature, args):
        kind = ir.FunctionType(args[0].type, [args[0].type] * 2)
        maximum = get_or_insert_function(builder.module, kind, f"llvm.maximum.f{signature.return_type.bitwidth}")
        return builder.call(maximum, args)

    return a(a, a), code


@exact
def _exp32(x):
    inside = EXP_HIGH if x > EXP_HIGH else x
    inside = inside if inside > EXP_LOW else EXP_LOW  # NaN becomes EXP_LOW here, and NaN again below
    rounded = inside * LOG2_E + ROUNDER
    n = rounded - ROUNDER
    r = (inside - n * LN2_HIGH) - n * LN2_LOW
    y = ((((E5 * r + E4) * r + E3) * r + E2) * r + E1) * r + E0
    y = (y * r) * r + r + ONE
    y = _float_of(I(_bits_of(y) + I(_bits_of(rounded) << FRACTION_BITS)))  # 2^n y: its exponent grows by n
    y = ZERO if x < EXP_LOW else y
    return y if x <= EXP_HIGH else x * HUGE


@exact
def _log32(x):
    n = I(I(_bits_of(x) - SQRT_HALF_BITS) >> FRACTION_BITS)
    m = _float_of(I(_bits_of(x) - I(n << FRACTION_BITS)))
    n, r = F(n), m - ONE
    y = (((((((L8 * r + L7) * r + L6) * r + L5) * r + L4) * r + L3) * r + L2) * r + L1) * r + L0
    y = (y * r) * (r * r) + n * LN2_LOW
    y = n * LN2_HIGH + (r + (y - HALF * (r * r)))
    y = -INF if x < TINY else y
    y = NAN if x < ZERO else y
    return y if x < INF else x


@exact
def _log1p32(x):
    """log(1 + x) for x in [0, 1], as 2 atanh(s) with s = x / (2 + x) at most 1/3."""
    s = x / (TWO + x)
    z = s * s
    return TWO * (s + s * z * (((A3 * z + A2) * z + A1) * z + A0))


@exact
def _tanh32(x):
    inside = TANH_LIMIT if x > TANH_LIMIT else x
    inside = -TANH_LIMIT if inside < -TANH_LIMIT else inside
    z = inside * inside
    p = (((((P6 * z + P5) * z + P4) * z + P3) * z + P2) * z + P1) * z + P0
    return inside * p / (((Q3 * z + Q2) * z + Q1) * z + Q0)


@exact
def _sigmoid32(x):
    return ONE / (ONE + _exp32(-x))


@exact
def _softplus32(x):
    return (x if x > ZERO else ZERO) + _log1p32(_exp32(-abs(x)))


@exact
def _oneplus32(x):
    return ONE + _softplus32(x)


@exact
def _sigmoid64(x):
    return 1.0 / (1.0 + math.exp(-x))


@exact
def _softplus64(x):
    return (x if x > 0.0 else 0.0) + math.log1p(math.exp(-abs(x)))


@exact
def _oneplus64(x):
    return 1.0 + _softplus64(x)


def exp(x):
    """e^x."""
    return math.exp(x)


def log(x):
    """Natural logarithm of x >= 0."""
    return math.log(x)


def tanh(x):
    """Hyperbolic tangent: a squash to [-1, 1]."""
    return math.tanh(x)


def sigmoid(x):
    """1 / (1 + e^-x): a squash to [0, 1]."""
    return _sigmoid64.py_func(x)


def softplus(x):
    """log(1 + e^x): a smooth max(x, 0)."""
    return _softplus64.py_func(x)


def oneplus(x):
    """1 + log(1 + e^x)."""
    return _oneplus64.py_func(x)


def _choose(name, in32, in64):
    """Let kernels call `name` with the implementation that fits their type."""

    @overload(name, jit_options={"nogil": True, "error_model": "numpy"})
    def implementation(x):
        if x == types.float32:
            return lambda x: in32(x)
        return (lambda x: in64(x)) if x == types.float64 else None


for _name, _in32, _in64 in (
    (exp, _exp32, math.exp),
    (log, _log32, math.log),
    (tanh, _tanh32, math.tanh),
    (sigmoid, _sigmoid32, _sigmoid64),
    (softplus, _softplus32, _softplus64),
    (oneplus, _oneplus32, _oneplus64),
):
    _choose(_name, _in32, _in64)
