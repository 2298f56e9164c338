"""Counting operations from shapes."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np

from memviz.bench.flops import per_step
from memviz.contracts.signal import Signal

SIGNALS = {
    "memory": Signal("memory", ("t", "slot", "word"), ""),
    "read_weighting": Signal("weighting", ("t", "read", "slot"), ""),
    "write_weighting": Signal("weighting", ("t", "write", "slot"), ""),
}


def model(*names: str) -> Any:
    """A model that records the named signals: 5 slots of 3 numbers, 2 read heads, 1 write head."""
    length = {"t": 1, "slot": 5, "word": 3, "read": 2, "write": 1}
    tape = {name: np.zeros([length[dim] for dim in SIGNALS[name].dims]) for name in names}
    return SimpleNamespace(
        signals=lambda config: {name: SIGNALS[name] for name in names},
        start=lambda config, params: {},
        forward=lambda config, params, state, inputs, edits: (None, {}, tape),
    )


def test_a_matrix_costs_six_operations_a_number_and_a_start_costs_none() -> None:
    params = {"controller": np.zeros((4, 7)), "read_start_logits": np.zeros((2, 5)), "bias": np.zeros(9)}
    assert per_step(model(), None, params, 4) == 6 * 28


def test_a_memory_costs_its_norms_similarities_writes_and_reads() -> None:
    forward_per_number = 2 + 2 * 3 + 4 * 1 + 2 * 2
    assert per_step(model(*SIGNALS), None, {}, 4) == 3 * 15 * forward_per_number
