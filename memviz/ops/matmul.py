"""The matrix product, in tiles of vector registers.

    matmul:      out[i, j]  = sum_k a[i, k] b[k, j]
    matmul_add:  out[i, j] += sum_k a[i, k] b[k, j]

Why a tile. A vector register holds L numbers (16 float32 with AVX-512). The processor can do one multiply-add of a
whole register a cycle, but only if the operands are already there: read from memory, every product would wait for
its loads. So the output is cut into tiles of `rows` x `vectors` registers that stay in registers while k runs:

                       b[k, j .. j + 6 L]
                     +---+---+---+---+---+---+   with AVX-512, 4 x 6: a step of k loads 6 vectors of b and 4 numbers
      a[i, k]     -> |   |   |   |   |   |   |   of a and does 24 multiply-adds; 24 + 6 + 1 of the 32 registers are
      ..             |   |   | out   |   |   |   in use; 24 independent sums are under way, so that none waits for
      a[i + 3, k] -> |   |   |   |   |   |   |   the one before
                     +---+---+---+---+---+---+

With fewer rows left the tile becomes lower: TILES has a list for every register width, chosen for the number of
registers. The columns are cut into panels as even as possible; the last vector of the last panel may be ragged and is
loaded and stored under a mask, so no array needs padding.

Symbols: a (rows, depth) any strides, so a.T is fine | b (depth, columns), out (rows, columns) with contiguous rows.
Edges: any size, zero too; out must not overlap a or b. Results do not depend on alignment or on other threads.
"""

from __future__ import annotations

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from memviz.ops.kernel import kernel, part
from memviz.ops.registers import INDEX, VECTOR_BITS, Vectors, lanes_of

# register bits -> (rows, most vectors a row) of the tiles, tallest first
_TILES = {512: ((4, 6), (2, 10), (1, 10)), 256: ((4, 3), (2, 5), (1, 8)), 128: ((4, 2), (2, 4), (1, 6))}
TILES = _TILES[VECTOR_BITS]
_MASKED = VECTOR_BITS > 128  # 128-bit machines have no masked loads: there, ragged columns are summed one by one


def _emit_tile(v: Vectors, rows: int, vectors: int, at: dict[str, ir.Value], mask: ir.Value | None) -> None:
    """One tile: registers from zero (or from out), the loop over k, registers to out."""
    builder = v.builder
    cells = [(i, j) for i in range(rows) for j in range(vectors)]
    mask_of = [None] * (vectors - 1) + [mask]
    out_row = [builder.add(at["out"], builder.mul(at["out_row"], INDEX(i))) for i in range(rows)]
    place = {(i, j): v.pointer(out_row[i], j * v.lanes) for i, j in cells}
    entry = builder.block
    more, ready, loop, done = (builder.append_basic_block(name) for name in ("add", "ready", "k", "store"))

    builder.cbranch(builder.fcmp_ordered("!=", at["keep"], ir.Constant(v.element, 0.0)), more, ready)
    builder.position_at_end(more)
    old = {(i, j): v.load(place[i, j], mask_of[j]) for i, j in cells}
    builder.branch(ready)
    builder.position_at_end(ready)
    first = {cell: _merge(builder, (v.zero, entry), (old[cell], more)) for cell in cells}
    builder.branch(loop)

    builder.position_at_end(loop)
    k, a, b = (_merge(builder, (start, ready)) for start in (INDEX(0), at["a"], at["b"]))
    total = {cell: _merge(builder, (first[cell], ready)) for cell in cells}
    b_vector = [v.load(v.pointer(b, j * v.lanes), mask_of[j]) for j in range(vectors)]
    result = {}
    for i in range(rows):
        a_pointer = v.pointer(builder.add(a, builder.mul(at["a_row"], INDEX(i))))
        a_vector = v.splat(builder.load(a_pointer, typ=v.element))
        for j in range(vectors):
            result[i, j] = v.multiply_add(a_vector, b_vector[j], total[i, j])
    for cell in cells:
        total[cell].add_incoming(result[cell], loop)
    for value, step in ((k, INDEX(1)), (a, at["a_column"]), (b, at["b_row"])):
        value.add_incoming(builder.add(value, step), loop)
    builder.cbranch(builder.icmp_signed("<", builder.add(k, INDEX(1)), at["depth"]), loop, done)

    builder.position_at_end(done)
    for i, j in cells:
        v.store(result[i, j], place[i, j], mask_of[j])


def _merge(builder: ir.IRBuilder, *incoming: tuple[ir.Value, ir.Block]) -> ir.PhiInstr:
    """A register whose value depends on the block that execution comes from."""
    phi = builder.phi(incoming[0][0].type)
    for value, block in incoming:
        phi.add_incoming(value, block)
    return phi


_TILE_ARGUMENTS = (
    "keep",
    "out",
    "out_row",
    "a",
    "a_row",
    "a_column",
    "b",
    "b_row",
    "rows",
    "vectors",
    "ragged",
    "depth",
)


@intrinsic
def _tile(typing, keep, out, out_row, a, a_row, a_column, b, b_row, rows, vectors, ragged, depth):
    """The tile of `rows` x `vectors`: out = keep out + a b, keep 0 or 1 in the arrays' type, depth >= 1.

    Addresses and strides in bytes; `ragged` lanes of the last vector are used.
    """

    def emit(context, builder, signature, arguments):
        v, at = Vectors(builder, keep), dict(zip(_TILE_ARGUMENTS, arguments, strict=True))
        mask = v.first_lanes(at["ragged"]) if _MASKED else None
        end = builder.append_basic_block("end")
        kind = builder.switch(builder.add(builder.mul(at["rows"], INDEX(100)), at["vectors"]), end)
        for height, most in TILES:
            for width in range(1, most + 1):
                block = builder.append_basic_block(f"tile_{height}_{width}")
                kind.add_case(INDEX(100 * height + width), block)
                builder.position_at_end(block)
                _emit_tile(v, height, width, at, mask)
                builder.branch(end)
        builder.position_at_end(end)
        return context.get_dummy_value()

    return types.void(keep, *[types.intp] * 11), emit


@kernel
def _product(keep, out, out_row, a, a_row, a_column, b, b_row, rows, columns, depth):
    lanes = lanes_of(keep)
    total = (columns + lanes - 1) // lanes if _MASKED else columns // lanes  # vectors in a row
    row = 0
    for height, most in TILES:
        stop = row + (rows - row) // height * height
        panels = (total + most - 1) // most if stop > row else 0
        for panel in range(panels):
            first, end = panel * total // panels, (panel + 1) * total // panels
            ragged = min(lanes, columns - (end - 1) * lanes)
            skip = first * (VECTOR_BITS // 8)
            for i in range(row, stop, height):
                _tile(
                    keep, out + i * out_row + skip, out_row, a + i * a_row, a_row, a_column, b + skip, b_row,
                    height, end - first, ragged, depth,
                )  # fmt: skip
        row = stop


@kernel
def _sum_last_columns(a, b, out, add):
    """The columns that fill no register, where there are no masked loads."""
    for i in range(out.shape[0]):
        for j in range(out.shape[1] // lanes_of(out.dtype.type(0)) * lanes_of(out.dtype.type(0)), out.shape[1]):
            total = out[i, j] if add else out.dtype.type(0)
            for k in range(b.shape[0]):
                total += a[i, k] * b[k, j]
            out[i, j] = total


@part
def matmul(a, b, out):
    """out = a @ b."""
    if b.shape[0] == 0:
        out[:, :] = 0
        return
    _product(
        out.dtype.type(0), out.ctypes.data, out.strides[0], a.ctypes.data, a.strides[0], a.strides[1],
        b.ctypes.data, b.strides[0], out.shape[0], out.shape[1], b.shape[0],
    )  # fmt: skip
    if not _MASKED:
        _sum_last_columns(a, b, out, False)


@part
def matmul_add(a, b, out):
    """out += a @ b."""
    if b.shape[0] == 0:
        return
    _product(
        out.dtype.type(1), out.ctypes.data, out.strides[0], a.ctypes.data, a.strides[0], a.strides[1],
        b.ctypes.data, b.strides[0], out.shape[0], out.shape[1], b.shape[0],
    )  # fmt: skip
    if not _MASKED:
        _sum_last_columns(a, b, out, True)
