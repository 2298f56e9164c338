"""The DNC's memory beside an independent implementation: the package dnc 1.1.0 from PyPI, in float64."""

from __future__ import annotations

import importlib
import importlib.metadata
import importlib.util
import sys

import numpy as np
import pytest

from memviz.models.dnc.config import DNCConfig
from tests.models.dnc_memory import play

STEPS, N, W, R = 20, 9, 5, 3


@pytest.fixture
def memory():
    """A `dnc.memory.Memory`; that module only, since the package's own __init__ asks for index libraries."""
    pytest.importorskip("torch", reason="the package dnc needs torch")
    package = importlib.util.find_spec("dnc")
    if package is None:
        pytest.skip("the package dnc is not installed (pip install --no-deps dnc==1.1.0)")
    assert importlib.metadata.version("dnc") == "1.1.0"
    module = importlib.import_module("dnc.memory")
    yield module.Memory(input_size=1, mem_size=N, cell_size=W, read_heads=R)
    for name in [name for name in sys.modules if name.split(".")[0] == "dnc"]:
        del sys.modules[name]


def said(rng):
    """What a controller might say in every step."""
    return {
        "read_key": rng.normal(size=(STEPS, R, W)),
        "read_strength": 1 + rng.gamma(2, size=(STEPS, R)),
        "write_key": rng.normal(size=(STEPS, 1, W)),
        "write_strength": 1 + rng.gamma(2, size=(STEPS, 1)),
        "erase": rng.uniform(size=(STEPS, 1, W)),
        "add": rng.normal(size=(STEPS, 1, W)),
        "free_gate": rng.uniform(size=(STEPS, R)),
        "allocation_gate": rng.uniform(size=(STEPS, 1)),
        "write_gate": rng.uniform(size=(STEPS, 1)),
        "read_mode": rng.dirichlet(np.ones(3), (STEPS, R)),
    }


def theirs(memory, told, state):
    """Every step's state of the package's memory, told the same."""
    import torch

    def tensor(value):
        return torch.tensor(value)[None]

    hidden = {
        "memory": tensor(state["memory"]),
        "link_matrix": tensor(state["link"])[None],
        "precedence": tensor(state["precedence"])[None],
        "read_weights": tensor(state["read_weighting"]),
        "write_weights": tensor(state["write_weighting"]),
        "usage_vector": tensor(state["usage"]),
    }
    for t in range(STEPS):
        now = {name: tensor(value[t]) for name, value in told.items()}
        write = ("write_key", "add", "erase", "free_gate", "read_strength", "write_strength", "write_gate")
        hidden = memory.write(*(now[name] for name in write), now["allocation_gate"], hidden)
        mode = now["read_mode"][:, :, [0, 2, 1]]  # it takes backward, forward, content
        words, hidden = memory.read(now["read_key"], now["read_strength"], mode, hidden)
        yield {"read_vector": words, **hidden}


@pytest.mark.torch
@pytest.mark.parametrize("seed", [0, 1])
def test_twenty_steps_agree_with_the_package_to_the_last_digits(memory, seed):
    rng = np.random.default_rng(seed)
    told = said(rng)
    link = rng.uniform(size=(N, N)) / N * (1 - np.eye(N))
    state = {
        "memory": rng.normal(size=(N, W)),
        "usage": rng.uniform(size=N),  # no two alike: the package breaks ties as it likes
        "precedence": rng.dirichlet(np.ones(N)),
        "link": link,
        "read_weighting": rng.dirichlet(np.ones(N), R),
        "write_weighting": rng.dirichlet(np.ones(N), 1),
    }
    config = DNCConfig(N=N, W=W, read_heads=R, hidden=3, cosine="denominator")
    tape, _ = play(config, STEPS, told, state)
    names = {"memory": "memory", "usage": "usage_vector", "link": "link_matrix", "precedence": "precedence"}
    names |= {"read_weighting": "read_weights", "write_weighting": "write_weights", "read_vector": "read_vector"}
    for t, hidden in enumerate(theirs(memory, told, state)):
        for ours, name in names.items():
            want = hidden[name].detach().numpy().reshape(tape[ours][t].shape)
            np.testing.assert_allclose(tape[ours][t], want, rtol=0, atol=1e-12, err_msg=f"{ours}, step {t}")
