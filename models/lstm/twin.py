"""The LSTM in torch, batched: the oracle of kernels.py and the path to CUDA; torch derives the backward."""

from __future__ import annotations

import torch
from torch import Tensor

from memviz.models.lstm.config import LSTMConfig
from memviz.ops.frame import answer_twin, inputs_twin
from memviz.ops.loss import chunk_loss_twin
from memviz.ops.units import units_twin

Tensors = dict[str, Tensor]


def start(config: LSTMConfig, params: Tensors, B: int) -> Tensors:
    """The state before step 0, for B episodes."""
    return {name: params[f"{name}_start"].expand(B, -1).contiguous() for name in ("hidden", "cell")}


def step(config: LSTMConfig, state: Tensors, from_input: Tensor, recurrent: Tensor) -> Tensors:
    """The state after one step, from the one before and what the input contributes (B, 4 hidden)."""
    return units_twin(torch.addmm(from_input, state["hidden"], recurrent), state)


def forward(
    config: LSTMConfig, params: Tensors, inputs: Tensor, state: Tensors | None = None
) -> tuple[Tensor, list[Tensors]]:
    """Logits (T, B, Y) of the outputs, and the state before step 0 (`state`, if given) and after every step."""
    from_input, recurrent = inputs_twin(params["controller"], config.hidden, 0, inputs)
    states = [start(config, params, inputs.shape[1]) if state is None else state]
    for now in from_input:
        states.append(step(config, states[-1], now, recurrent))
    hidden = torch.stack([after["hidden"] for after in states[1:]])
    return answer_twin(config.clip, params["output"], hidden, hidden[..., :0]), states


def loss(config: LSTMConfig, logits: Tensor, targets: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
    """(nats, wrong bits), summed over the answered steps: targets (T, B, Y), mask (T, B)."""
    return chunk_loss_twin(logits, targets, mask, config.outputs == "classes")


def tape(config: LSTMConfig, states: list[Tensors]) -> Tensors:
    """Signals by name, (T, B, ...), out of the states of `forward` (or out of their gradients)."""
    return {name: torch.stack([state[name] for state in states[1:]]) for name in ("hidden", "cell")}
