"""The matrix product and the transpose: the only file that names vector registers; everything else is plain loops.

    matmul:      out[i, j]  = sum_k a[i, k] b[k, j]
    matmul_add:  out[i, j] += sum_k a[i, k] b[k, j]
    transpose:   out[j, i]  = a[i, j]

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

import os

from llvmlite import ir
from numba import types
from numba.core import cgutils, codegen
from numba.core import config as numba_config
from numba.extending import intrinsic

from memviz.ops.kernel import kernel, part

# register bits -> (rows, most vectors a row) of the tiles, tallest first
_TILES = {512: ((4, 6), (2, 10), (1, 10)), 256: ((4, 3), (2, 5), (1, 8)), 128: ((4, 2), (2, 4), (1, 6))}
_INT, _INDEX, _BIT = ir.IntType(32), ir.IntType(64), ir.IntType(1)
Place = tuple[ir.Value, ir.Value]  # address, and bytes from one row to the next


def _vector_bits() -> int:
    """Bits of this host's vector registers, as numba will use them; MEMVIZ_VECTOR_BITS overrides (for tests)."""
    asked = os.environ.get("MEMVIZ_VECTOR_BITS", "")
    if asked:
        if asked not in ("128", "256", "512"):
            raise ValueError(f"MEMVIZ_VECTOR_BITS: want 128, 256 or 512, got {asked} (unset it to follow the host)")
        return int(asked)
    # NUMBA_CPU_NAME alone leaves the host's features in force; only NUMBA_CPU_FEATURES or the name "generic" masks
    features = numba_config.CPU_FEATURES
    flags = set((codegen.get_host_cpu_features() if features is None else features).split(","))
    return 512 if "+avx512f" in flags else 256 if {"+avx2", "+fma"} <= flags else 128


VECTOR_BITS = _vector_bits()  # read once: machine code in the cache is only valid for one value
TILES = _TILES[VECTOR_BITS]
_MASKED = VECTOR_BITS > 128  # 128-bit machines have no masked loads: there, ragged columns are summed one by one


class _Vectors:
    """Emits LLVM instructions on registers of one element type."""

    def __init__(self, builder: ir.IRBuilder, element: types.Float):
        self.builder, self.bytes = builder, element.bitwidth // 8
        self.lanes = VECTOR_BITS // element.bitwidth
        self.element = ir.FloatType() if element.bitwidth == 32 else ir.DoubleType()
        self.type = ir.VectorType(self.element, self.lanes)
        self.zero = ir.Constant(self.type, [0.0] * self.lanes)
        self.suffix = f"v{self.lanes}f{element.bitwidth}"
        self.mask_type = ir.VectorType(_BIT, self.lanes)

    def call(self, name: str, result: ir.Type, arguments: list[ir.Value]) -> ir.Value:
        kind = ir.FunctionType(result, [a.type for a in arguments])
        return self.builder.call(cgutils.get_or_insert_function(self.builder.module, kind, name), arguments)

    def pointer(self, address: ir.Value, elements: int = 0) -> ir.Value:
        return self.builder.inttoptr(self.builder.add(address, _INDEX(elements * self.bytes)), ir.PointerType())

    def row(self, place: Place, i: int) -> ir.Value:
        return self.pointer(self.builder.add(place[0], self.builder.mul(place[1], _INDEX(i))))

    def shuffle(self, a: ir.Value, b: ir.Value, order: list[int]) -> ir.Value:
        """Lanes of a and, from number L on, of b."""
        return self.builder.shuffle_vector(a, b, ir.Constant(ir.VectorType(_INT, self.lanes), order))

    def splat(self, scalar: ir.Value) -> ir.Value:
        """All lanes the same."""
        nothing = ir.Constant(self.type, ir.Undefined)
        return self.shuffle(self.builder.insert_element(nothing, scalar, _INT(0)), nothing, [0] * self.lanes)

    def first_lanes(self, count: ir.Value) -> ir.Value:
        """A mask that lets the first `count` lanes through."""
        # this call, unlike a comparison, LLVM does not repeat in every step of the loop over k
        name = f"llvm.get.active.lane.mask.v{self.lanes}i1.i64"
        return self.call(name, self.mask_type, [_INDEX(0), count])

    def corner(self, rows: ir.Value, columns: ir.Value) -> list[ir.Value]:
        """For each row of a block the mask that lets so many columns of so many rows through."""
        used, unused = self.first_lanes(columns), ir.Constant(self.mask_type, None)
        below = (self.builder.icmp_signed("<", _INDEX(i), rows) for i in range(self.lanes))
        return [self.builder.select(inside, used, unused) for inside in below]

    def load(self, pointer: ir.Value, mask: ir.Value | None = None) -> ir.Value:
        if mask is None:
            return self.builder.load(pointer, align=self.bytes, typ=self.type)
        arguments = [pointer, _INT(self.bytes), mask, self.zero]
        return self.call(f"llvm.masked.load.{self.suffix}.p0", self.type, arguments)

    def store(self, value: ir.Value, pointer: ir.Value, mask: ir.Value | None = None) -> None:
        if mask is None:
            self.builder.store(value, pointer, align=self.bytes)
        else:
            self.call(f"llvm.masked.store.{self.suffix}.p0", ir.VoidType(), [value, pointer, _INT(self.bytes), mask])

    def multiply_add(self, a: ir.Value, b: ir.Value, c: ir.Value) -> ir.Value:
        return self.call(f"llvm.fmuladd.{self.suffix}", self.type, [a, b, c])


def _emit_tile(v: _Vectors, rows: int, vectors: int, at: dict[str, ir.Value], mask: ir.Value | None) -> None:
    """One tile: registers from zero (or from out), the loop over k, registers to out."""
    builder = v.builder
    cells = [(i, j) for i in range(rows) for j in range(vectors)]
    mask_of = [None] * (vectors - 1) + [mask]
    out_row = [builder.add(at["out"], builder.mul(at["out_row"], _INDEX(i))) for i in range(rows)]
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
    k, a, b = (_merge(builder, (start, ready)) for start in (_INDEX(0), at["a"], at["b"]))
    total = {cell: _merge(builder, (first[cell], ready)) for cell in cells}
    b_vector = [v.load(v.pointer(b, j * v.lanes), mask_of[j]) for j in range(vectors)]
    result = {}
    for i in range(rows):
        a_pointer = v.pointer(builder.add(a, builder.mul(at["a_row"], _INDEX(i))))
        a_vector = v.splat(builder.load(a_pointer, typ=v.element))
        for j in range(vectors):
            result[i, j] = v.multiply_add(a_vector, b_vector[j], total[i, j])
    for cell in cells:
        total[cell].add_incoming(result[cell], loop)
    for value, step in ((k, _INDEX(1)), (a, at["a_column"]), (b, at["b_row"])):
        value.add_incoming(builder.add(value, step), loop)
    builder.cbranch(builder.icmp_signed("<", builder.add(k, _INDEX(1)), at["depth"]), loop, done)

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
        v, at = _Vectors(builder, keep), dict(zip(_TILE_ARGUMENTS, arguments, strict=True))
        mask = v.first_lanes(at["ragged"]) if _MASKED else None
        end = builder.append_basic_block("end")
        kind = builder.switch(builder.add(builder.mul(at["rows"], _INDEX(100)), at["vectors"]), end)
        for height, most in TILES:
            for width in range(1, most + 1):
                block = builder.append_basic_block(f"tile_{height}_{width}")
                kind.add_case(_INDEX(100 * height + width), block)
                builder.position_at_end(block)
                _emit_tile(v, height, width, at, mask)
                builder.branch(end)
        builder.position_at_end(end)
        return context.get_dummy_value()

    return types.void(keep, *[types.intp] * 11), emit


def _emit_turn(v: _Vectors, source: Place, target: Place, masks: tuple[list[ir.Value | None], ...]) -> None:
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
        v = _Vectors(builder, zero)
        _, a, a_row, out, out_row, rows, columns = arguments
        whole = builder.and_(*(builder.icmp_signed("==", n, _INDEX(v.lanes)) for n in (rows, columns)))
        with builder.if_else(whole) as (inside, edge):
            with inside:
                _emit_turn(v, (a, a_row), (out, out_row), ([None] * v.lanes, [None] * v.lanes))
            with edge:
                _emit_turn(v, (a, a_row), (out, out_row), (v.corner(rows, columns), v.corner(columns, rows)))
        return context.get_dummy_value()

    return types.void(zero, *[types.intp] * 6), emit


@intrinsic
def _lanes(typing, zero):
    """How many numbers of this type a register holds, as a compile-time constant."""

    def emit(context, builder, signature, arguments):
        return _INDEX(VECTOR_BITS // zero.bitwidth)

    return types.intp(zero), emit


@kernel
def _product(keep, out, out_row, a, a_row, a_column, b, b_row, rows, columns, depth):
    lanes = _lanes(keep)
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
        for j in range(out.shape[1] // _lanes(out.dtype.type(0)) * _lanes(out.dtype.type(0)), out.shape[1]):
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


@kernel
def transpose(a, out):
    """out = a.T; rows of both contiguous."""
    zero = a.dtype.type(0)
    lanes = _lanes(zero)
    for i in range(0, a.shape[0], lanes):
        for j in range(0, a.shape[1], lanes):
            source = a.ctypes.data + i * a.strides[0] + j * a.itemsize
            target = out.ctypes.data + j * out.strides[0] + i * out.itemsize
            rows, columns = min(lanes, a.shape[0] - i), min(lanes, a.shape[1] - j)
            _turn_block(zero, source, a.strides[0], target, out.strides[0], rows, columns)
