"""A cell of long short-term memory: gates decide what it forgets, takes in and says.

    i, f, o = sigmoid of their sums        input, forget and output gate
    g       = tanh of its sum              the candidate
    cell    = f before + i g
    hidden  = o tanh(cell)

Source: Hochreiter & Schmidhuber 1997; with the forget gate, Gers, Schmidhuber, Cummins 2000.
Symbols: gates (4 H,) the sums of one step's input, side by side in the order i, f, g, o; the gates replace them |
before, cell (H,) the cell one step earlier and now | squashed (H,) tanh(cell), kept for the backward | hidden (H,).
Edges: gates of 0 or 1 are reached only by sums beyond float32's exp; then they pass no gradient.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from memviz.ops.kernel import Case, Op, kernel
from memviz.ops.vectormath import sigmoid, tanh


@kernel
def say(gates, cell, squashed, hidden):
    """Write squashed and hidden, what the cell says through its output gate: also after an edit of the cell."""
    H = cell.shape[0]
    o = gates[3 * H :]
    for j in range(H):
        squashed[j] = tanh(cell[j])
    for j in range(H):
        hidden[j] = o[j] * squashed[j]


@kernel
def lstm(gates, before, cell, squashed, hidden):
    """Turn the sums in gates into gates; write cell, squashed and hidden."""
    H = before.shape[0]
    i, f, g, o = gates[:H], gates[H : 2 * H], gates[2 * H : 3 * H], gates[3 * H :]
    for j in range(2 * H):  # i and f
        gates[j] = sigmoid(gates[j])
    for j in range(H):
        g[j] = tanh(g[j])
    for j in range(H):
        o[j] = sigmoid(o[j])
    for j in range(H):
        cell[j] = f[j] * before[j] + i[j] * g[j]
    say(gates, cell, squashed, hidden)


@kernel
def lstm_vjp(gates, before, squashed, dhidden, dcell, dsums, dbefore):
    """Add into dsums (4 H,) and dbefore; dcell comes as later steps' dL/dcell and leaves as the whole of it."""
    H = before.shape[0]
    one = gates.dtype.type(1)
    i, f, g, o = gates[:H], gates[H : 2 * H], gates[2 * H : 3 * H], gates[3 * H :]
    di, df, dg, do = dsums[:H], dsums[H : 2 * H], dsums[2 * H : 3 * H], dsums[3 * H :]
    for j in range(H):  # hidden = o * tanh(cell)
        do[j] += dhidden[j] * squashed[j] * o[j] * (one - o[j])
    for j in range(H):
        dcell[j] += dhidden[j] * o[j] * (one - squashed[j] * squashed[j])
    for j in range(H):  # cell = f * before + i * g
        di[j] += dcell[j] * g[j] * i[j] * (one - i[j])
    for j in range(H):
        dg[j] += dcell[j] * i[j] * (one - g[j] * g[j])
    for j in range(H):
        df[j] += dcell[j] * before[j] * f[j] * (one - f[j])
    for j in range(H):
        dbefore[j] += dcell[j] * f[j]


def lstm_twin(sums, before):
    """(hidden, cell), each (..., H), from sums (..., 4 H) and the cell before (..., H)."""
    i, f, g, o = sums.chunk(4, -1)
    cell = f.sigmoid() * before + i.sigmoid() * g.tanh()
    return o.sigmoid() * cell.tanh(), cell


def run(new, sums, before):
    """Drive the pair for the op test."""
    gates, cell, squashed, hidden = new(*sums.shape), *(new(*before.shape) for _ in range(3))
    gates[:] = sums
    lstm(gates, before, cell, squashed, hidden)

    def back(douts, grads):
        lstm_vjp(gates, before, squashed, douts[0], douts[1].copy(), grads["sums"], grads["before"])

    return (hidden, cell), back


def cases(rng: np.random.Generator) -> Iterator[Case]:
    """Odd sizes, one unit, gates nearly shut and nearly open."""
    for name, H, size in (("plain", 16, 1.0), ("odd", 13, 2.0), ("one unit", 1, 1.0), ("shut and open", 5, 12.0)):
        step = 1e-4 if size > 10 else 1e-5
        yield Case(name, {"sums": rng.normal(size=4 * H) * size, "before": rng.normal(size=H)}, step=step)


OP = Op(run, lstm_twin, cases)
