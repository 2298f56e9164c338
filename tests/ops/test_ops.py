"""Every op of memviz/ops, found by folder: its vjp is its derivative, its twin agrees, and it writes all it owes."""

from __future__ import annotations

import importlib
import pkgutil

import numpy as np
import pytest

import memviz.ops

NAMES = [module.name for module in pkgutil.iter_modules(memviz.ops.__path__)]
OPS = {name: module.OP for name in NAMES if hasattr(module := importlib.import_module(f"memviz.ops.{name}"), "OP")}
CASES = [
    pytest.param(op, case, id=f"{name}: {case.name}")
    for name, op in OPS.items()
    for case in op.cases(np.random.default_rng(7))
]
every_case = pytest.mark.parametrize(("op", "case"), CASES)
EXACT, DIFFERENCES = 1e-9, 1e-6  # relative to the norm of each block


class Arena:
    """Arrays side by side in one piece of memory, `gap` bytes apart, filled with `fill`."""

    def __init__(self, gap=64, fill=0.125, room=1 << 18):
        self.memory, self.end, self.gap, self.fill = np.zeros(room, np.uint8), 0, gap, fill

    def new(self, shape, dtype):
        size = int(np.prod(shape)) * np.dtype(dtype).itemsize
        array = self.memory[self.end : self.end + size].view(dtype).reshape(shape)
        self.end += size + self.gap
        array[...] = self.fill
        return array

    def copy(self, values):
        arrays = {name: self.new(np.shape(value), value.dtype) for name, value in values.items()}
        for name, array in arrays.items():
            array[...] = values[name]
        return arrays


def inputs(case, dtype=np.float64):
    return {name: np.array(value, dtype) for name, value in case.inputs.items()}


def forward(op, case, values, arena=None):
    dtype, arena = next(iter(values.values())).dtype, arena or Arena()
    return op.run(lambda *shape: arena.new(shape, dtype), **values, **case.settings)


def weights(case, outputs):
    """dL/d(output) of a loss that weighs every number differently."""
    rng = np.random.default_rng(1)
    return tuple(rng.normal(size=out.shape).astype(out.dtype) for out in outputs)


def gradients(op, case, values, arena=None):
    """(outputs, gradients by input name); with an arena, every array lies in it."""
    arena = arena or Arena()
    values = arena.copy(values)
    outputs, back = forward(op, case, values, arena)
    douts = arena.copy(dict(enumerate(weights(case, outputs))))
    grads = arena.copy({name: np.zeros_like(value) for name, value in values.items()})
    kept = tuple(out.copy() for out in outputs)
    back(tuple(douts.values()), grads)
    return kept, grads


def loss(op, case, values):
    outputs, _ = forward(op, case, values)
    return float(sum((out * dout).sum() for out, dout in zip(outputs, weights(case, outputs), strict=True)))


def differences(op, case, values):
    """Central differences of the loss, by input name. Changes values and puts them back."""
    slopes = {name: np.zeros_like(value) for name, value in values.items()}
    for name, value in values.items():
        for at in np.ndindex(value.shape):
            middle = value[at]
            value[at] = middle + case.step
            above = loss(op, case, values)
            value[at] = middle - case.step
            below = loss(op, case, values)
            value[at] = middle
            slopes[name][at] = (above - below) / ((middle + case.step) - (middle - case.step))
    return slopes


def assert_near(got, want, relative, absolute=0.0, what=""):
    error, size = np.linalg.norm(got - want), max(np.linalg.norm(got), np.linalg.norm(want))
    assert error <= relative * size + absolute, f"{what}: error {error:.2e} beside {size:.2e}"


@every_case
def test_the_vjp_is_the_derivative(op, case):
    values = inputs(case)
    _, grads = gradients(op, case, values)
    rounding = 1e-15 * max(1.0, abs(loss(op, case, values))) / case.step
    for name, slope in differences(op, case, values).items():
        assert_near(grads[name], slope, DIFFERENCES, rounding * np.sqrt(slope.size), name)


@every_case
def test_a_vjp_adds_into_the_gradients_it_is_given(op, case):
    values = inputs(case)
    outputs, grads = gradients(op, case, values)
    _, back = forward(op, case, values)
    start = {name: np.full_like(value, 3.0) for name, value in values.items()}
    back(weights(case, outputs), start)
    for name, grad in grads.items():
        assert_near(start[name] - 3.0, grad, 1e-12, 1e-13 * grad.size, name)


@pytest.mark.torch
@every_case
def test_forward_and_gradient_agree_with_the_torch_twin(op, case):
    torch = pytest.importorskip("torch", reason="the twins need the [torch] extra")
    values = inputs(case)
    outputs, grads = gradients(op, case, values)
    # a batch of two: the case, and the case again
    tensors = {name: torch.tensor(np.stack([value] * 2), requires_grad=True) for name, value in values.items()}
    twins = op.twin(**tensors, **case.settings)
    twins = twins if isinstance(twins, tuple) else (twins,)
    for out, twin in zip(outputs, twins, strict=True):
        assert_near(np.stack([out] * 2), twin.detach().numpy(), EXACT, what="forward")
    douts = [torch.tensor(np.stack([dout] * 2)) for dout in weights(case, outputs)]
    torch.autograd.backward(twins, douts)
    for name, grad in grads.items():
        assert_near(np.stack([grad] * 2), tensors[name].grad.numpy(), EXACT, 1e-13, name)


@every_case
def test_neither_old_contents_nor_the_place_of_arrays_change_a_bit(op, case):
    """Were overlap not ruled out, arrays near each other would take LLVM's scalar copy of a loop: another order."""
    arenas = Arena(gap=0, fill=0.125), Arena(gap=1024, fill=-7.7e3)
    (out_a, grads_a), (out_b, grads_b) = (gradients(op, case, inputs(case, np.float32), arena) for arena in arenas)
    for a, b in zip([*out_a, *grads_a.values()], [*out_b, *grads_b.values()], strict=True):
        assert a.tobytes() == b.tobytes()


@every_case
def test_float32_is_close_to_float64(op, case):
    out, grads = gradients(op, case, inputs(case))
    out32, grads32 = gradients(op, case, inputs(case, np.float32))
    for got, want in zip([*out32, *grads32.values()], [*out, *grads.values()], strict=True):
        assert got.dtype == np.float32
        assert_near(got, want, case.close, case.close * 1e-2)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", OPS)
def test_a_nan_that_goes_in_comes_out(name, dtype):
    case = next(iter(OPS[name].cases(np.random.default_rng(7))))
    for bad in case.inputs:
        values = inputs(case, dtype)
        values[bad].flat[-1] = np.nan
        outputs, grads = gradients(OPS[name], case, values)
        assert any(np.isnan(out).any() for out in outputs), bad
        assert any(np.isnan(grad).any() for grad in grads.values()), bad
