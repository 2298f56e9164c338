"""Vector registers: how wide they are on this host, and the instructions on them that matmul and transpose emit.

Only these three files name registers; everything else is plain loops. L: how many numbers a register holds.
"""

from __future__ import annotations

import os

from llvmlite import ir
from numba import types
from numba.core import cgutils, codegen
from numba.core import config as numba_config
from numba.extending import intrinsic

_INT, INDEX, _BIT = ir.IntType(32), ir.IntType(64), ir.IntType(1)
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


class Vectors:
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
        """Call a function, or one of LLVM's intrinsics, by name."""
        kind = ir.FunctionType(result, [a.type for a in arguments])
        return self.builder.call(cgutils.get_or_insert_function(self.builder.module, kind, name), arguments)

    def pointer(self, address: ir.Value, elements: int = 0) -> ir.Value:
        """Where the number lies that is so many elements behind an address."""
        return self.builder.inttoptr(self.builder.add(address, INDEX(elements * self.bytes)), ir.PointerType())

    def row(self, place: Place, i: int) -> ir.Value:
        """Where row i begins."""
        return self.pointer(self.builder.add(place[0], self.builder.mul(place[1], INDEX(i))))

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
        return self.call(name, self.mask_type, [INDEX(0), count])

    def corner(self, rows: ir.Value, columns: ir.Value) -> list[ir.Value]:
        """For each row of a block the mask that lets so many columns of so many rows through."""
        used, unused = self.first_lanes(columns), ir.Constant(self.mask_type, None)
        below = (self.builder.icmp_signed("<", INDEX(i), rows) for i in range(self.lanes))
        return [self.builder.select(inside, used, unused) for inside in below]

    def load(self, pointer: ir.Value, mask: ir.Value | None = None) -> ir.Value:
        """A register from memory; lanes that the mask holds back are 0 and not touched."""
        if mask is None:
            return self.builder.load(pointer, align=self.bytes, typ=self.type)
        arguments = [pointer, _INT(self.bytes), mask, self.zero]
        return self.call(f"llvm.masked.load.{self.suffix}.p0", self.type, arguments)

    def store(self, value: ir.Value, pointer: ir.Value, mask: ir.Value | None = None) -> None:
        """A register to memory, but for the lanes that the mask holds back."""
        if mask is None:
            self.builder.store(value, pointer, align=self.bytes)
        else:
            self.call(f"llvm.masked.store.{self.suffix}.p0", ir.VoidType(), [value, pointer, _INT(self.bytes), mask])

    def multiply_add(self, a: ir.Value, b: ir.Value, c: ir.Value) -> ir.Value:
        """a b + c in every lane."""
        return self.call(f"llvm.fmuladd.{self.suffix}", self.type, [a, b, c])


@intrinsic
def lanes_of(typing, zero):
    """How many numbers of this type a register holds, as a compile-time constant."""

    def emit(context, builder, signature, arguments):
        return INDEX(VECTOR_BITS // zero.bitwidth)

    return types.intp(zero), emit
