"""The controller's step: what it says, from what it said and read a step ago and from the input.

    row    = [h^1 .. h^L | 1 | r | x]                      all h and r of the step before, x of this one
    sums^l = [h^(l-1) now | h^l | 1 | r | x] weights^l     the one's weights are the bias; nothing lies below layer 1
    h^l    = units(sums^l)                                 and it goes to the head of the next row

The feed-forward controller does not see its own h. Heads and output see the h of all layers.

Source: Graves, Wayne, Danihelka 2014 (NTM), section 3.4; Graves et al. 2016 (DNC), Methods, "Controller network".
Symbols: layer 0, 1, .. L - 1 | weights (what the layer sees, 4 H or H) | turned = weights.T without x, where nothing
flows | tape, d: a model's, of which these fields are used: rows (T + 1, C, L H + 1 + R W + X), gates (T, C, L 4 H or
L H), cell (T + 1, C, L H), squashed (T, C, L H); d.cell may keep two steps, it is indexed with t modulo its length.
Edges: no row of x, none of r; one layer sees one contiguous piece of the row.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from memviz.ops.kernel import Case, Op, part
from memviz.ops.matmul import matmul, matmul_add
from memviz.ops.transpose import transpose
from memviz.ops.units import units, units_twin, units_vjp


@part
def sees(has_cell, layer, columns):
    """(H, how many h of its own and of the layer below a layer with so many columns sees)."""
    H = columns // 4 if has_cell else columns
    return H, H if has_cell else 0, H if layer > 0 else 0


@part
def controller(has_cell, layer, weights, tape, edits, t):
    """Write h of one layer of all episodes into row t + 1."""
    H, own, below = sees(has_cell, layer, weights.shape[1])
    row, gates, G = tape.rows[t], tape.gates[t], weights.shape[1]
    sums, one = gates[:, layer * G : (layer + 1) * G], row.shape[1] - (weights.shape[0] - own - below)
    if one == H:  # the only layer
        matmul(row[:, H - own :], weights, sums)
    else:
        matmul(row[:, one:], weights[below + own :], sums)
        if own > 0:
            matmul_add(row[:, layer * H : (layer + 1) * H], weights[below : below + own], sums)
        if below > 0:
            matmul_add(tape.rows[t + 1][:, (layer - 1) * H : layer * H], weights[:below], sums)
    units(has_cell, H, layer, gates, tape.cell[t], tape.cell[t + 1], tape.squashed[t], tape.rows[t + 1], edits, t)


@part
def controller_vjp(has_cell, layer, turned, tape, d, t):
    """From the gradient of h of one layer, in row t + 1, add into that of what it saw, in row t and below."""
    H, own, below = sees(has_cell, layer, turned.shape[0])
    dcell, dbefore = d.cell[(t + 1) % d.cell.shape[0]], d.cell[t % d.cell.shape[0]]
    gates, before, squashed, said = tape.gates[t], tape.cell[t], tape.squashed[t], tape.rows[t + 1]
    units_vjp(has_cell, H, layer, gates, before, squashed, said, d.rows[t + 1], dcell, d.gates[t], dbefore)
    drow, dsums, G = d.rows[t], d.gates[t], turned.shape[0]
    dsum, one = dsums[:, layer * G : (layer + 1) * G], drow.shape[1] - (turned.shape[1] - own - below)
    if one == H:
        matmul_add(dsum, turned, drow[:, H - own :])
    else:
        matmul_add(dsum, turned[:, below + own :], drow[:, one:])
        if own > 0:
            matmul_add(dsum, turned[:, below : below + own], drow[:, layer * H : (layer + 1) * H])
        if below > 0:
            matmul_add(dsum, turned[:, :below], d.rows[t + 1][:, (layer - 1) * H : layer * H])


@part
def controller_weights_vjp(has_cell, layer, tape, d, dweights):
    """Add the gradient of a layer's weights, of all steps of all episodes at once."""
    H, own, below = sees(has_cell, layer, dweights.shape[1])
    (T, C, _), K, G = d.gates.shape, tape.rows.shape[2], dweights.shape[1]
    rows, dsums = tape.rows.reshape((T + 1) * C, K), d.gates.reshape(T * C, d.gates.shape[2])
    before, dsum, one = rows[: T * C], dsums[:, layer * G : (layer + 1) * G], K - (dweights.shape[0] - own - below)
    if one == H:
        matmul_add(before[:, H - own :].T, dsum, dweights)
    else:
        matmul_add(before[:, one:].T, dsum, dweights[below + own :])
        if own > 0:
            matmul_add(before[:, layer * H : (layer + 1) * H].T, dsum, dweights[below : below + own])
        if below > 0:
            matmul_add(rows[C:, (layer - 1) * H : layer * H].T, dsum, dweights[:below])


class Steps(NamedTuple):
    """A tape, or its gradients, with nothing but the controller's arrays: for the op test."""

    rows: np.ndarray
    gates: np.ndarray
    cell: np.ndarray
    squashed: np.ndarray


def run(new, row, weights, before, deeper):
    """Drive the layers, then all of them backwards, for the op test: deeper (layers above the first, ...)."""
    (C, K), L, G, cells = row.shape, 1 + len(deeper), weights.shape[1], before.shape[1]
    layers, H, has_cell = [weights, *deeper], cells // L or G, cells > 0
    shapes = (2, C, K), (1, C, L * G), (2, C, cells), (1, C, cells)
    tape, d = (Steps(*(new(*shape) for shape in shapes)) for _ in range(2))
    tape.rows[0], tape.cell[0] = row, before
    for layer in range(L):
        controller(has_cell, layer, layers[layer], tape, None, 0)

    def back(douts, grads):
        d.rows[:] = 0
        d.rows[1, :, : L * H] = douts[0]
        if has_cell:
            d.cell[1] = douts[1]
        for layer in range(L - 1, -1, -1):
            turned = new(*layers[layer].shape[::-1])
            transpose(layers[layer], turned)
            controller_vjp(has_cell, layer, turned, tape, d, 0)
            dweights = grads["deeper"][layer - 1] if layer else grads["weights"]
            controller_weights_vjp(has_cell, layer, tape, d, dweights)
        grads["row"] += d.rows[0]
        grads["before"] += d.cell[0]

    return (tape.rows[1, :, : L * H], tape.cell[1])[: 2 if has_cell else 1], back


def _twin(row, weights, before, deeper):
    """h and cell of all layers, side by side, from rows (B, C, K), weights (B, ...), deeper (B, layers, ...)."""
    L, own = 1 + deeper.shape[1], before.shape[-1] // (1 + deeper.shape[1])
    H = own or weights.shape[-1]
    hidden, cell = row.new_zeros(*row.shape[:-1], L * H) + 0 * deeper.sum(), before * 0
    for layer in range(L):
        at, under = slice(layer * H, (layer + 1) * H), slice(max(layer - 1, 0) * H, layer * H)
        layer_weights = deeper[:, layer - 1] if layer else weights
        below, own_rows = under.stop - under.start, under.stop - under.start + own
        sums = row[..., L * H :] @ layer_weights[:, own_rows:] + hidden[..., under].clone() @ layer_weights[:, :below]
        sums = sums + row[..., at][..., :own] @ layer_weights[:, below:own_rows]
        now = units_twin(sums, {"cell": before[..., at]} if own else {})
        hidden[..., at] = now["hidden"]
        if own:
            cell[..., at] = now["cell"]
    return (hidden, cell) if own else (hidden + 0 * before.sum(),)


def cases(rng: np.random.Generator) -> Iterator[Case]:
    """Both kinds, odd sizes, three layers, one unit of one episode that sees nothing but itself and a one."""
    sizes = (
        ("plain", 4, 8, 2, 9),
        ("odd, three layers", 3, 5, 3, 6),
        ("one layer", 2, 7, 1, 4),
        ("one unit", 1, 1, 1, 1),
    )
    for name, C, H, L, rest in sizes:
        for kind, G, own in (("lstm", 4 * H, H), ("feed-forward", H, 0)):
            shapes = {"row": (C, L * H + rest), "weights": (own + rest, G), "before": (C, L * own)}
            shapes["deeper"] = (L - 1, H + own + rest, G)
            yield Case(f"{name}, {kind}", {key: rng.normal(0, 0.5, shape) for key, shape in shapes.items()})


OP = Op(run, _twin, cases)
