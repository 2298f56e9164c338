"""Switches of the DNC that only matter together, or whose default hides them: gradients and twin, as for all models."""

from __future__ import annotations

import dataclasses

import pytest

import tests.models.test_gradients as shared
from memviz import catalog

MODEL = catalog.models()["dnc"]
CHANGES = {
    "all of Csordas": {"masked": True, "deallocate": True, "sharpen_links": True},
    "all of Csordas, denominator": {
        "masked": True,
        "mask_least": 0.3,
        "deallocate": True,
        "sharpen_links": True,
        "cosine": "denominator",
        "memory": "learned",
    },
    "masked without links": {"masked": True, "links": False},
    "sharpening means nothing without links": {"links": False, "sharpen_links": True, "deallocate": True},
    "clipped": {"clip": 0.4},
    "no clip, no usage epsilon": {"clip": 0.0, "usage_epsilon": 0.0},
    "learned start": {"start": "learned", "memory": "learned"},
    "detached, Csordas": {"usage_gradient": "detached", "masked": True, "deallocate": True, "sharpen_links": True},
}
every_change = pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())


def config(change):
    return dataclasses.replace(shared.small(MODEL), read_heads=2, **change)


@every_change
def test_the_gradient_is_the_derivative(change):
    shared.test_the_gradient_is_the_derivative(MODEL, config(change), shared.T)


@every_change
def test_old_contents_leave_no_trace(change):
    shared.test_what_scratch_held_before_leaves_no_trace(MODEL, config(change), shared.T)


@pytest.mark.torch
@every_change
@pytest.mark.parametrize("carry", [False, True])
def test_loss_and_gradient_agree_with_the_twin(change, carry):
    shared.test_loss_and_gradient_agree_with_the_torch_twin(MODEL, config(change), shared.T, carry)


@pytest.mark.torch
@every_change
def test_every_signal_agrees_with_the_twin(change):
    shared.test_every_signal_and_its_gradient_agree_with_the_torch_twin(MODEL, config(change), shared.T)
