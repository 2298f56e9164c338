"""One layer of a controller, of either kind: what its units say about the sums that reach them.

    lstm:          said, cell = lstm(sums, cell before)        a state of its own
    feed-forward:  said       = tanh(sums)                     all memory is in the memory

Source: Graves, Wayne, Danihelka 2014 (NTM), section 3.4; Graves et al. 2016 (DNC), Methods, "Controller network".
Symbols: H units a layer, a row an episode | gates (C, layers 4 H) lstm, (C, layers H) feed-forward: the sums; lstm's
become gates in place | before, cell (C, layers H) one step earlier and now, squashed likewise tanh(cell): of width 0
for feed-forward | said (C, >= layers H). All are whole rows, so that numba knows them contiguous.
edits: None, or what-if for cell and hidden, (T, layers H); it has one episode, so its rows are steps t, t + 1, ...
Edges: those of `lstm` and `feedforward`.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from memviz.ops.edit import edit
from memviz.ops.feedforward import feedforward, feedforward_twin, feedforward_vjp
from memviz.ops.kernel import Case, Op, part
from memviz.ops.lstm import lstm, lstm_twin, lstm_vjp, say


@part
def units(has_cell, H, layer, gates, before, cell, squashed, said, edits, t):
    """Turn sums into gates (lstm); write cell, squashed and said."""
    at, end = layer * H, (layer + 1) * H
    for c in range(gates.shape[0]):
        h = said[c, at:end]
        if has_cell:
            gate, now = gates[c, 4 * at : 4 * end], cell[c, at:end]
            lstm(gate, before[c, at:end], now, squashed[c, at:end], h)
            if edits is not None:
                edit(now, edits.cell[t + c, at:end])
                say(gate, now, squashed[c, at:end], h)
        else:
            feedforward(gates[c, at:end], h)
        if edits is not None:
            edit(h, edits.hidden[t + c, at:end])


@part
def units_vjp(has_cell, H, layer, gates, before, squashed, said, dsaid, dcell, dsums, dbefore):
    """Write dsums and dbefore; dcell comes as later steps' dL/dcell and leaves as the whole of it."""
    at, end = layer * H, (layer + 1) * H
    for c in range(gates.shape[0]):
        dh = dsaid[c, at:end]
        if has_cell:
            dsum, dlast = dsums[c, 4 * at : 4 * end], dbefore[c, at:end]
            dsum[:] = 0
            dlast[:] = 0
            gate = gates[c, 4 * at : 4 * end]
            lstm_vjp(gate, before[c, at:end], squashed[c, at:end], dh, dcell[c, at:end], dsum, dlast)
        else:
            dsum = dsums[c, at:end]
            dsum[:] = 0
            feedforward_vjp(said[c, at:end], dh, dsum)


def units_twin(sums, state):
    """hidden (..., H), with lstm cell too, by name, from sums and the state before."""
    if "cell" not in state:
        return {"hidden": feedforward_twin(sums)}
    return dict(zip(("hidden", "cell"), lstm_twin(sums, state["cell"]), strict=True))


def run(new, sums, before):
    """Drive the pair for the op test."""
    has_cell = before.shape[1] > 0
    C, H = before.shape if has_cell else sums.shape
    gates, cell, squashed, said = new(*sums.shape), new(*before.shape), new(*before.shape), new(C, H)
    gates[:] = sums
    units(has_cell, H, 0, gates, before, cell, squashed, said, None, 0)

    def back(douts, grads):
        dsums, dbefore = new(*sums.shape), new(*before.shape)
        dcell = douts[1].copy() if has_cell else dbefore
        units_vjp(has_cell, H, 0, gates, before, squashed, said, douts[0], dcell, dsums, dbefore)
        grads["sums"] += dsums
        grads["before"] += dbefore

    return (said, cell) if has_cell else (said,), back


def _twin(sums, before):
    found = units_twin(sums, {"cell": before} if before.shape[-1] else {})
    return found["hidden"] + 0 * before.sum(), *(found[name] for name in found if name == "cell")


def cases(rng: np.random.Generator) -> Iterator[Case]:
    """Both kinds, odd sizes, one unit of one episode."""
    for name, C, H in (("plain", 4, 8), ("odd", 3, 5), ("one unit", 1, 1)):
        yield Case(f"{name}, lstm", {"sums": rng.normal(size=(C, 4 * H)), "before": rng.normal(size=(C, H))})
        yield Case(f"{name}, feed-forward", {"sums": rng.normal(size=(C, H)), "before": np.zeros((C, 0))})


OP = Op(run, _twin, cases)
