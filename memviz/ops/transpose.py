"""The transpose, block by block of as many rows and columns as a vector register holds numbers.

    out[j, i] = a[i, j]

A block is loaded row by row; neighbouring rows swap halves, then quarters, ...; then each register holds a column.

Symbols: a (rows, columns), out (columns, rows), both with contiguous rows.
Edges: any size, zero too: what is left at the right and below is loaded and stored under masks. No overlap.
"""

from __future__ import annotations

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from memviz.ops.kernel import kernel
from memviz.ops.registers import INDEX, Place, Vectors, lanes_of


def _emit_turn(v: Vectors, source: Place, target: Place, masks: tuple[list[ir.Value | None], ...]) -> None:
    """Load a block of L x L, swap halves, then quarters, ... of neighbouring rows, and store it."""
    row = [v.load(v.row(source, i), masks[0][i]) for i in range(v.lanes)]
    half = v.lanes // 2
    while half:
        for i in (i for i in range(v.lanes) if not i & half):
            keep = [v.lanes + c - half if c & half else c for c in range(v.lanes)]
            swap = [v.lanes + c if c & half else c + half for c in range(v.lanes)]
            row[i], row[i + half] = v.shuffle(row[i], row[i + half], keep), v.shuffle(row[i], row[i + half], swap)
        half //= 2
    for i in range(v.lanes):
        v.store(row[i], v.row(target, i), masks[1][i])


@intrinsic
def _turn_block(typing, zero, a, a_row, out, out_row, rows, columns):
    """out = a.T for one block of at most L x L, in registers."""

    def emit(context, builder, signature, arguments):
        v = Vectors(builder, zero)
        _, a, a_row, out, out_row, rows, columns = arguments
        whole = builder.and_(*(builder.icmp_signed("==", n, INDEX(v.lanes)) for n in (rows, columns)))
        with builder.if_else(whole) as (inside, edge):
            with inside:
                _emit_turn(v, (a, a_row), (out, out_row), ([None] * v.lanes, [None] * v.lanes))
            with edge:
                _emit_turn(v, (a, a_row), (out, out_row), (v.corner(rows, columns), v.corner(columns, rows)))
        return context.get_dummy_value()

    return types.void(zero, *[types.intp] * 6), emit


@kernel
def transpose(a, out):
    """out = a.T; rows of both contiguous."""
    zero = a.dtype.type(0)
    lanes = lanes_of(zero)
    for i in range(0, a.shape[0], lanes):
        for j in range(0, a.shape[1], lanes):
            source = a.ctypes.data + i * a.strides[0] + j * a.itemsize
            target = out.ctypes.data + j * out.strides[0] + i * out.itemsize
            rows, columns = min(lanes, a.shape[0] - i), min(lanes, a.shape[1] - j)
            _turn_block(zero, source, a.strides[0], target, out.strides[0], rows, columns)
