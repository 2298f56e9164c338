from __future__ import annotations

import numpy as np
import pytest

from memviz import catalog
from memviz.contracts.errors import BackendError
from memviz.training import torch_step
from memviz.training.exam import Examiner
from memviz.training.recipe import plan
from memviz.training.torch_step import devices, on_device
from memviz.training.trainer import Trainer

RECIPE = {
    "model": "ntm",
    "task": "copy",
    "knobs": {"model": {"N": 9, "W": 5, "hidden": 11}, "task": {"width": 3, "high": 4}, "training": {"batch": 5}},
}


def trainer(device):
    made = plan({**RECIPE, "device": device}, catalog.models(), catalog.tasks())
    return Trainer(made.setup, made.config, threads=1)


@pytest.mark.torch
def test_torch_trains_as_the_core_does():
    pytest.importorskip("torch", reason="needs the [torch] extra")
    core, torch = trainer("core"), trainer("torch")
    wanted = [core.advance().metrics for _ in range(12)]
    got = [torch.advance().metrics for _ in range(12)]
    for name in ("loss", "norm", "wrong_bits"):
        np.testing.assert_allclose([m[name] for m in got], [m[name] for m in wanted], rtol=2e-3)
    np.testing.assert_allclose(got[0]["norm"], wanted[0]["norm"], rtol=1e-4)
    exams = [Examiner(each.setup).take(core.params, 12) for each in (core, torch)]
    assert exams[0].wrong_bits == exams[1].wrong_bits
    assert exams[0].nats == pytest.approx(exams[1].nats, rel=1e-4)


@pytest.mark.torch
def test_a_carried_memory_is_carried_on_torch_too():
    pytest.importorskip("torch", reason="needs the [torch] extra")
    core, torch = trainer("core"), trainer("torch")
    for each in (core, torch):
        each.change(memory="carry")
        each.advance()
    for one, other in zip(core.state.memory, torch.state.memory, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-3, atol=1e-5)


@pytest.mark.torch
def test_cuda_trains_as_the_core_does_where_there_is_a_card():
    pytest.importorskip("torch", reason="needs the [torch] extra")
    if devices()["cuda"]:
        pytest.skip(devices()["cuda"])
    core, cuda = trainer("core"), trainer("cuda")
    wanted, got = ([each.advance().metrics["loss"] for _ in range(12)] for each in (core, cuda))
    np.testing.assert_allclose(got, wanted, rtol=2e-3)


def test_a_device_that_is_not_here_says_why(monkeypatch):
    model = catalog.models()["ntm"]
    assert on_device(model, "core") is model
    with pytest.raises(BackendError, match="want one of core, torch, cuda"):
        on_device(model, "abacus")
    monkeypatch.setattr(torch_step.importlib.util, "find_spec", lambda name: None)
    devices.cache_clear()
    try:
        assert devices()["core"] == ""
        with pytest.raises(BackendError, match=r"not installed .pip install"):
            on_device(model, "torch")
    finally:
        devices.cache_clear()
