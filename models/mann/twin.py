"""The network in torch, batched: the oracle of kernels.py, function by function, and the path to CUDA.

Everything has time and the batch first: inputs (T, B, X), a state's memory (B, N, W), its weightings (B, head, N).
There is no backward here: torch derives it.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from memviz.models.mann.config import MANNConfig
from memviz.models.mann.parameters import columns, frame
from memviz.ops.blocks import fixed_memory
from memviz.ops.clip import clip_twin
from memviz.ops.content import content_weights_twin
from memviz.ops.frame import answer_twin, inputs_twin
from memviz.ops.interpolate import interpolate_twin
from memviz.ops.keep_add import keep_add_twin
from memviz.ops.least_used import decay_usage_twin, least_used_twin
from memviz.ops.loss import chunk_loss_twin
from memviz.ops.read import read_twin
from memviz.ops.units import units_twin

Tensors = dict[str, Tensor]


def start(config: MANNConfig, params: Tensors, B: int) -> Tensors:
    """The state before step 0, for B episodes."""
    like = params["heads"]
    memory = params.get("memory_start")
    logits = params.get("read_start_logits")
    first = {
        "memory": like.new_tensor(fixed_memory(config)) if memory is None else memory,
        "usage": like.new_zeros(config.N),
        "reading": like.new_zeros(config.heads, config.N) if logits is None else logits.softmax(-1),
        "read_vector": params["read_vector_start"],
    }
    if config.controller == "lstm":
        first |= {"hidden": params["hidden_start"], "cell": params["cell_start"]}
    return {name: value.expand(B, *value.shape).contiguous() for name, value in first.items()}


def controller(config: MANNConfig, state: Tensors, from_input: Tensor, recurrent: Tensor) -> Tensors:
    """The controller's new state from its old one, the words read, and what the input contributes (B, 4 hidden)."""
    words = state["read_vector"].flatten(1)
    seen = torch.cat([state["hidden"], words], 1) if config.controller == "lstm" else words
    return units_twin(torch.addmm(from_input, seen, recurrent), state)


def heads(config: MANNConfig, params: Tensors, hidden: Tensor) -> Tensors:
    """What the controller tells the heads: keys and words (B, head, W), gates and strengths (B, head)."""
    weights, number = params["heads"], config.heads
    sums = torch.addmm(weights[config.hidden], hidden, weights[: config.hidden])
    sums = clip_twin(sums, config.clip) if config.clip else sums
    part = {name: sums[:, where] for name, where in columns(config).items()}
    squash = torch.tanh if config.vectors == "tanh" else torch.Tensor.contiguous
    told = {"key": squash(part["key"]).unflatten(1, (number, config.W)), "gate": part["gate"].sigmoid()}
    if config.written == "own":
        told["add"] = squash(part["add"]).unflatten(1, (number, config.W))
    if config.strength != "none":
        strength = functional.softplus(part["strength"], threshold=40)
        told["strength"] = strength + 1 if config.strength == "oneplus" else strength
    return told


def write(config: MANNConfig, state: Tensors, told: Tensors) -> Tensors:
    """Where the heads write, and the memory after it."""
    shared, clear_all = config.least_used == "all", config.cleared == "all"
    chosen = least_used_twin(state["usage"], config.tie, config.heads, shared, clear_all)
    least, retention = (constant.requires_grad_(torch.is_grad_enabled()) for constant in chosen)  # to see theirs
    writing = interpolate_twin(state["reading"], least, told["gate"])
    memory = keep_add_twin(state["memory"], retention, writing, told["add" if config.written == "own" else "key"])
    return {"least": least, "retention": retention, "writing": writing, "memory": memory}


def address(config: MANNConfig, memory: Tensor, told: Tensors) -> Tensor:
    """The read weightings (B, head, N)."""
    strength = told.get("strength", torch.ones_like(told["gate"]))
    return content_weights_twin(memory, told["key"], strength, config.cosine_epsilon)


def step(config: MANNConfig, params: Tensors, state: Tensors, from_input: Tensor, recurrent: Tensor) -> Tensors:
    """The state after one step; it holds everything that was computed on the way."""
    control = controller(config, state, from_input, recurrent)
    told = heads(config, params, control["hidden"])
    done = write(config, state, told)
    seen = state["memory"] if config.read_order == "previous" else done["memory"]
    reading = address(config, seen, told)
    usage = decay_usage_twin(state["usage"], config.decay, reading, done["writing"])
    return {**control, **told, **done, "reading": reading, "usage": usage, "read_vector": read_twin(seen, reading)}


def forward(
    config: MANNConfig, params: Tensors, inputs: Tensor, state: Tensors | None = None
) -> tuple[Tensor, list[Tensors]]:
    """Logits (T, B, Y) of the outputs, and the state before step 0 (`state`, if given) and after every step."""
    sizes = frame(config)
    from_input, recurrent = inputs_twin(params["controller"], sizes.bias, sizes.words, inputs)
    states = [start(config, params, inputs.shape[1]) if state is None else state]
    for now in from_input:
        states.append(step(config, params, states[-1], now, recurrent))
    hidden = torch.stack([state["hidden"] for state in states[1:]])
    words = torch.stack([state["read_vector"] for state in states[1:]]).flatten(2)
    return answer_twin(config.clip, params["output"], hidden, words), states


def loss(config: MANNConfig, logits: Tensor, targets: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
    """(nats, wrong bits), summed over the answered steps: targets (T, B, Y), mask (T, B)."""
    return chunk_loss_twin(logits, targets, mask, config.outputs == "classes")


def tape(config: MANNConfig, states: list[Tensors]) -> Tensors:
    """Signals by name, (T, B, ...), out of the states of `forward` (or out of their gradients)."""
    names = {"key": "read_key", "gate": "write_gate", "strength": "read_strength", "least": "least_used"}
    names |= {"writing": "write_weighting", "reading": "read_weighting"}
    first, after = states[0], states[1:]
    signals = {names.get(name, name): torch.stack([state[name] for state in after]) for name in after[0]}
    return signals | {"memory_start": first["memory"], "read_start": first["reading"]}
