"""The matrix product and the transpose: every small shape, every layout, every register width."""

from __future__ import annotations

import itertools
import os
import platform
import subprocess
import sys

import numpy as np
import pytest

from memviz.ops import registers
from memviz.ops.kernel import kernel
from memviz.ops.matmul import matmul, matmul_add
from memviz.ops.registers import VECTOR_BITS
from memviz.ops.transpose import transpose

DTYPES = (np.float32, np.float64)
SIZES = (0, 1, 2, 3, 5, 8, 9, 16, 17, 31, 33, 50)
SURROUNDINGS = 7.0


def padded(array: np.ndarray) -> np.ndarray:
    """The array in the middle of a larger one: its rows lie apart, and what lies around shows if it is touched."""
    room = np.full((array.shape[0] + 2, array.shape[1] + 3), SURROUNDINGS, array.dtype)
    middle(room)[:] = array
    return room


def middle(room: np.ndarray) -> np.ndarray:
    return room[1:-1, 1:-2]


def surroundings_are_untouched(room: np.ndarray) -> bool:
    copy = room.copy()
    middle(copy)[:] = SURROUNDINGS
    return bool((copy == SURROUNDINGS).all())


# cut out the middle inside a kernel: all shapes then share one machine code


@kernel
def matmul_in(a, b, out):
    matmul(a[1:-1, 1:-2], b[1:-1, 1:-2], out[1:-1, 1:-2])


@kernel
def matmul_add_in(a, b, out):
    matmul_add(a[1:-1, 1:-2], b[1:-1, 1:-2], out[1:-1, 1:-2])


@kernel
def matmul_transposed_in(a, b, out):
    matmul(a[1:-1, 1:-2].T, b[1:-1, 1:-2], out[1:-1, 1:-2])


@kernel
def transpose_in(a, out):
    transpose(a[1:-1, 1:-2], out[1:-1, 1:-2])


def tolerance(dtype: type, depth: int) -> float:
    return 4 * np.finfo(dtype).eps * max(depth, 1)


@pytest.mark.parametrize("dtype", DTYPES)
def test_products_of_all_small_shapes_agree_with_numpy_and_touch_nothing_else(dtype):
    rng = np.random.default_rng(0)
    for rows, columns, depth in itertools.product(SIZES[:9], SIZES, (0, 1, 2, 7)):
        shapes = ((rows, depth), (depth, columns), (rows, columns))
        a, b, c = (rng.uniform(-1, 1, shape).astype(dtype) for shape in shapes)
        out = padded(c)
        matmul_in(padded(a), padded(b), out)
        np.testing.assert_allclose(middle(out), a @ b, rtol=0, atol=tolerance(dtype, depth))
        middle(out)[:] = c
        matmul_add_in(padded(a), padded(b), out)
        np.testing.assert_allclose(middle(out), c + a @ b, rtol=0, atol=tolerance(dtype, depth))
        assert surroundings_are_untouched(out)


@pytest.mark.parametrize("dtype", DTYPES)
def test_the_left_factor_may_be_transposed(dtype):
    rng = np.random.default_rng(1)
    for rows, columns, depth in ((130, 92, 22), (13, 33, 5), (4, 400, 130), (1, 1, 1)):
        a, b = rng.uniform(-1, 1, (depth, rows)).astype(dtype), rng.uniform(-1, 1, (depth, columns)).astype(dtype)
        out = padded(np.zeros((rows, columns), dtype))
        matmul_transposed_in(padded(a), padded(b), out)
        np.testing.assert_allclose(middle(out), a.T @ b, rtol=0, atol=tolerance(dtype, depth))


@pytest.mark.parametrize("dtype", DTYPES)
def test_transpose_of_all_small_shapes_agrees_with_numpy_and_touches_nothing_else(dtype):
    rng = np.random.default_rng(2)
    for shape in itertools.product(SIZES, SIZES):
        a = rng.uniform(-1, 1, shape).astype(dtype)
        out = padded(np.zeros(shape[::-1], dtype))
        transpose_in(padded(a), out)
        np.testing.assert_array_equal(middle(out), a.T)
        assert surroundings_are_untouched(out)


def test_contiguous_arrays_and_column_major_ones_work_too():
    a, b = np.eye(3, 7, dtype=np.float32), np.arange(35, dtype=np.float32).reshape(7, 5)
    out = np.empty((3, 5), np.float32)
    for left in (a, np.asfortranarray(a)):
        matmul(left, b, out)
        np.testing.assert_array_equal(out, b[:3])


def test_not_a_number_stays_where_it_is():
    a, b, out = np.ones((5, 6), np.float32), np.ones((6, 40), np.float32), padded(np.zeros((5, 40), np.float32))
    a[2, 3], b[1, 39] = np.nan, np.inf
    matmul_in(padded(a), padded(b), out)
    assert np.isnan(middle(out)[2]).all()
    assert np.isinf(middle(out)[[0, 1, 3, 4], 39]).all()
    assert np.isfinite(middle(out)[[0, 1, 3, 4], :39]).all()


X86 = platform.machine().lower() in ("x86_64", "amd64")
HOSTS = [  # this process tests the host itself
    *(pytest.param({"MEMVIZ_VECTOR_BITS": str(b)}, b, id=str(b)) for b in (128, 256, 512) if b != VECTOR_BITS),
    pytest.param({"NUMBA_CPU_NAME": "generic"}, 128, id="no vector extensions at all"),
    pytest.param(
        {"NUMBA_CPU_NAME": "x86-64-v3", "NUMBA_CPU_FEATURES": "+avx2,+fma"},
        256,
        id="features masked to AVX2",
        marks=pytest.mark.skipif(not X86, reason="AVX2 belongs to x86"),
    ),
]


@pytest.mark.parametrize(("setting", "bits"), HOSTS)
def test_every_register_width_is_right(setting, bits, tmp_path):
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("NUMBA_CPU", "MEMVIZ_VECTOR"))}
    environment |= setting | {"MEMVIZ_HOME": str(tmp_path)}
    options = ["-q", "-p", "no:cacheprovider", "-k", "small_shapes or transposed"]
    code = f"import sys; from memviz.ops.registers import VECTOR_BITS as b; sys.exit(b != {bits})"
    assert subprocess.run([sys.executable, "-c", code], env=environment).returncode == 0
    result = subprocess.run(
        [sys.executable, "-m", "pytest", *options, __file__], env=environment, capture_output=True, text=True
    )
    assert result.returncode == 0, result.stdout[-3000:]


def test_a_wrong_width_is_refused_with_the_remedy(monkeypatch):
    monkeypatch.setenv("MEMVIZ_VECTOR_BITS", "100")
    with pytest.raises(ValueError, match="MEMVIZ_VECTOR_BITS: want 128, 256 or 512, got 100"):
        registers._vector_bits()
