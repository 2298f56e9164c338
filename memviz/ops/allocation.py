"""Where there is room: the least used slot first, the next ones only as far as it is taken.

    s[n]   = epsilon + (1 - epsilon) u[n]
    out[n] = (1 - s[n]) P[n],     P[n] = product of s over all slots that come before n
    m comes before n if u[m] < u[n], or if they are equal and m < n

Source: Graves et al. 2016 (DNC), Methods, "Dynamic memory allocation"; epsilon as in google-deepmind/dnc.
Symbols: u (N,) the usage, in [0, 1] | order (N,) the slots as they come, P (N,): both kept for the backward (as
numbers of u's type) | out (N,) a weighting.
Edges: unused slots are a tie, and the lowest comes first; where all are in full use nothing is allocated. The order is
a constant to the backward. Nothing is divided by a usage, so one of 0 does no harm.

No sort: how many slots come before n is a sum over all pairs, which the vector unit does at once and without branches.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from memviz.ops.kernel import Case, Op, kernel


@kernel
def _places(u, order, place):
    """Write how many slots come before each into place, and the slots as they come into order."""
    N = u.shape[0]
    zero, one = u.dtype.type(0), u.dtype.type(1)
    for n in range(N):
        place[n] = 0
        order[n] = n  # with a NaN in u not every place is taken
    for m in range(N):
        for n in range(N):
            place[n] += one if u[m] < u[n] or (u[m] == u[n] and np.int32(m) < np.int32(n)) else zero
    for n in range(N):
        order[int(place[n])] = n


@kernel
def allocation(u, epsilon, order, P, out):
    """Write the weighting that seeks room into out."""
    one, small = u.dtype.type(1), u.dtype.type(epsilon)
    _places(u, order, P)
    product = one
    for n in range(u.shape[0]):
        P[n] = 0
    for j in range(u.shape[0]):
        n = int(order[j])
        P[n] = product
        product *= small + (one - small) * u[n]
    for n in range(u.shape[0]):
        out[n] = (one - (small + (one - small) * u[n])) * P[n]


@kernel
def allocation_vjp(u, epsilon, order, P, dout, du):
    """Add into du."""
    one, small = u.dtype.type(1), u.dtype.type(epsilon)
    dproduct = u.dtype.type(0)
    for j in range(u.shape[0] - 1, -1, -1):  # out = (1 - s) P, the next P = s P
        n = int(order[j])
        s = small + (one - small) * u[n]
        du[n] += (one - small) * P[n] * (dproduct - dout[n])
        dproduct = dout[n] * (one - s) + dproduct * s


def allocation_twin(u, epsilon):
    """Allocation weightings (..., N) for usages u (..., N)."""
    _, order = u.sort(dim=-1, stable=True)
    s = epsilon + (1 - epsilon) * u.gather(-1, order)
    before = s.roll(1, -1).index_fill(-1, order.new_zeros(1), 1.0).cumprod(-1)
    return ((1 - s) * before).gather(-1, order.argsort(-1))


def run(new, u, epsilon):
    """Drive the pair for the op test."""
    order, P, out = (new(*u.shape) for _ in range(3))
    allocation(u, epsilon, order, P, out)

    def back(douts, grads):
        allocation_vjp(u, epsilon, order, P, douts[0], grads["u"])

    return (out,), back


def cases(rng: np.random.Generator) -> Iterator[Case]:
    """Odd sizes, one slot, with and without epsilon, slots that are free or in full use."""
    for name, N, epsilon in (("plain", 16, 1e-6), ("odd", 13, 1e-6), ("one slot", 1, 1e-6), ("no epsilon", 7, 0.0)):
        yield Case(name, {"u": rng.uniform(size=N)}, {"epsilon": epsilon})
    taken = np.array([1.0, 0.3, 0.9, 0.0, 0.5])
    yield Case("one free, one full", {"u": taken}, {"epsilon": 0.0})
    yield Case("nearly all full", {"u": 1 - 1e-3 * rng.permutation(9)}, {"epsilon": 1e-6}, close=1e-3)


OP = Op(run, allocation_twin, cases)
