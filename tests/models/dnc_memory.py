"""Drives a DNC's memory by hand: what the controller would say is said by the test, as edits."""

from __future__ import annotations

import numpy as np

from memviz import catalog

MODEL = catalog.models()["dnc"]
TOLD = {  # signal -> what it says unless the test says otherwise: write each step to a free slot, read nothing special
    "read_key": 0.0,
    "read_strength": 1.0,
    "write_key": 0.0,
    "write_strength": 1.0,
    "free_gate": 0.0,
    "allocation_gate": 1.0,
    "write_gate": 1.0,
    "erase": 1.0,
    "add": 0.0,
    "read_mode": [0.0, 1.0, 0.0],
}
BACKWARD, CONTENT, FORWARD = np.eye(3)


def shapes(config, steps):
    sizes = {"t": steps, "read": config.read_heads, "write": 1, "slot": config.N, "word": config.W, "mode": 3}
    sizes["hidden"] = config.hidden
    return {name: tuple(sizes[dim] for dim in each.dims) for name, each in MODEL.signals(config).items()}


def play(config, steps, told, state=None):
    """(tape, state after) of an episode in which `told` (signal -> values per step) is what the controller says."""
    shape = shapes(config, steps)
    edits = {}
    for name, value in {**TOLD, **told}.items():
        if name in shape:
            edits[name] = np.broadcast_to(np.array(value, float), shape[name]).copy()
    params = MODEL.init(config, 2, 2, np.random.default_rng(0))
    first = MODEL.start(config, params) | (state or {})
    _, after, tape = MODEL.forward(config, params, first, np.zeros((steps, 2)), edits)
    return tape, after
