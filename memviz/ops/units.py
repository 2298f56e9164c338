"""One layer of a controller, of either kind: what its units say about the sums that reach them.

    lstm:          said, cell = lstm(sums, cell before)        a state of its own
    feed-forward:  said       = tanh(sums)                     all memory is in the memory

Source: Graves, Wayne, Danihelka 2014 (NTM), section 3.4; Graves et al. 2016 (DNC), Methods, "Controller network".
Symbols: a row per episode | gates (C, 4 H) lstm, (C, H) feed-forward: the sums; lstm's become gates in place | before,
cell (C, H) one step earlier and now, squashed (C, H) tanh(cell): of width 0 for feed-forward | said (C, H).
edits: None, or what-if for cell and hidden, (T, H) each; it has one episode, so its rows are steps t, t + 1, ...
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
def units(has_cell, gates, before, cell, squashed, said, edits, t):
    """Turn sums into gates (lstm); write cell, squashed and said."""
    for c in range(gates.shape[0]):
        if has_cell:
            lstm(gates[c], before[c], cell[c], squashed[c], said[c])
            if edits is not None:
                edit(cell[c], edits.cell[t + c])
                say(gates[c], cell[c], squashed[c], said[c])
        else:
            feedforward(gates[c], said[c])
        if edits is not None:
            edit(said[c], edits.hidden[t + c])


@part
def units_vjp(has_cell, gates, before, squashed, said, dsaid, dcell, dsums, dbefore):
    """Write dsums and dbefore; dcell comes as later steps' dL/dcell and leaves as the whole of it."""
    for c in range(gates.shape[0]):
        dsums[c][:] = 0
        if has_cell:
            dbefore[c][:] = 0
            lstm_vjp(gates[c], before[c], squashed[c], dsaid[c], dcell[c], dsums[c], dbefore[c])
        else:
            feedforward_vjp(said[c], dsaid[c], dsums[c])


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
    units(has_cell, gates, before, cell, squashed, said, None, 0)

    def back(douts, grads):
        dsums, dbefore = new(*sums.shape), new(*before.shape)
        dcell = douts[1].copy() if has_cell else dbefore
        units_vjp(has_cell, gates, before, squashed, said, douts[0], dcell, dsums, dbefore)
        grads["sums"] += dsums
        grads["before"] += dbefore

    return (said, cell) if has_cell else (said,), back


def _twin(sums, before):
    return tuple(units_twin(sums, {"cell": before} if before.shape[-1] else {}).values())


def cases(rng: np.random.Generator) -> Iterator[Case]:
    """Both kinds, odd sizes, one unit of one episode."""
    for name, C, H in (("plain", 4, 8), ("odd", 3, 5), ("one unit", 1, 1)):
        yield Case(f"{name}, lstm", {"sums": rng.normal(size=(C, 4 * H)), "before": rng.normal(size=(C, H))})
        yield Case(f"{name}, feed-forward", {"sums": rng.normal(size=(C, H)), "before": np.zeros((C, 0))})


OP = Op(run, _twin, cases)
