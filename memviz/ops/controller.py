"""The controller's step: what it says, from what it said and read a step ago and from the input.

    row  = [h | 1 | r | x]      h and r of the step before, x of this one; the one's weights are the bias
    sums = row weights          lstm; the feed-forward controller does not see h: sums = [1 | r | x] weights
    h    = units(sums)          and it goes to the head of the next row

Source: Graves, Wayne, Danihelka 2014 (NTM), section 3.4; Graves et al. 2016 (DNC), Methods, "Controller network".
Symbols: tape, d: a model's, of which these fields are used: rows (T + 1, C, H + 1 + R W + X), gates (T, C, 4 H or H),
cell (T + 1, C, H), squashed (T, C, H) | weights (what it sees, 4 H or H) | turned = weights.T without x, into which
nothing flows | edits: see `units`. d.cell may keep two steps only: it is indexed with t modulo its length.
Edges: no row of x, none of r.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from memviz.ops.kernel import Case, Op, part
from memviz.ops.matmul import matmul, matmul_add, transpose
from memviz.ops.units import units, units_twin, units_vjp


@part
def controller(has_cell, weights, tape, edits, t):
    """Write h of all episodes into row t + 1."""
    gates, H = tape.gates[t], tape.gates.shape[2] // 4 if has_cell else tape.gates.shape[2]
    matmul(tape.rows[t][:, 0 if has_cell else H :], weights, gates)
    said = tape.rows[t + 1][:, :H]
    units(has_cell, gates, tape.cell[t], tape.cell[t + 1], tape.squashed[t], said, edits, t)


@part
def controller_vjp(has_cell, turned, tape, d, t):
    """From the gradient of row t + 1, through h, add into that of row t."""
    gates, H = tape.gates[t], tape.gates.shape[2] // 4 if has_cell else tape.gates.shape[2]
    said, dsaid, dgates = tape.rows[t + 1][:, :H], d.rows[t + 1][:, :H], d.gates[t]
    dcell, dbefore = d.cell[(t + 1) % d.cell.shape[0]], d.cell[t % d.cell.shape[0]]
    units_vjp(has_cell, gates, tape.cell[t], tape.squashed[t], said, dsaid, dcell, dgates, dbefore)
    matmul_add(dgates, turned, d.rows[t][:, 0 if has_cell else H :])


class Steps(NamedTuple):
    """A tape, or its gradients, with nothing but the controller's arrays: for the op test."""

    rows: np.ndarray
    gates: np.ndarray
    cell: np.ndarray
    squashed: np.ndarray


def run(new, row, weights, before):
    """Drive the pair for the op test."""
    (C, K), G, cells = row.shape, weights.shape[1], before.shape[1]
    H, tape, d = cells or G, *(Steps(new(2, C, K), new(1, C, G), new(2, C, cells), new(1, C, cells)) for _ in range(2))
    tape.rows[0], tape.cell[0] = row, before
    controller(cells > 0, weights, tape, None, 0)

    def back(douts, grads):
        turned = new(*weights.shape[::-1])
        transpose(weights, turned)
        d.rows[0], d.rows[1, :, :H] = 0, douts[0]
        if cells:
            d.cell[1] = douts[1]
        controller_vjp(cells > 0, turned, tape, d, 0)
        matmul_add(row[:, K - len(weights) :].T, d.gates[0], grads["weights"])
        grads["row"] += d.rows[0]
        grads["before"] += d.cell[0]

    return (tape.rows[1, :, :H], tape.cell[1])[: 2 if cells else 1], back


def controller_twin(row, weights, before):
    """h, with lstm the cell too, from rows (..., C, K)."""
    sums = row[..., -weights.shape[-2] :] @ weights
    return tuple(units_twin(sums, {"cell": before} if before.shape[-1] else {}).values())


def cases(rng: np.random.Generator) -> Iterator[Case]:
    """Both kinds, odd sizes, one unit of one episode that sees nothing but itself."""
    for name, C, H, seen in (("plain", 4, 8, 9), ("odd", 3, 5, 6), ("one unit", 1, 1, 1)):
        for kind, G, K, cells in (("lstm", 4 * H, H + seen, H), ("feed-forward", H, seen, 0)):
            given = {"row": rng.normal(size=(C, H + seen)), "weights": rng.normal(size=(K, G)) * 0.3}
            yield Case(f"{name}, {kind}", {**given, "before": rng.normal(size=(C, cells))})


OP = Op(run, controller_twin, cases)
