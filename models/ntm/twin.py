"""The NTM in torch, batched: the oracle of kernels.py, function by function, and the path to CUDA.

Everything has time and the batch first: inputs (T, B, X), a state's memory (B, N, W), its weightings (B, head, N).
There is no backward here: torch derives it. Reads come first where read and write heads are counted together.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from memviz.models.ntm.config import NTMConfig
from memviz.models.ntm.parameters import columns, fixed_weighting, frame
from memviz.ops.blocks import fixed_memory
from memviz.ops.clip import clip_twin
from memviz.ops.content import content_weights_twin
from memviz.ops.erase_add import erase_add_twin
from memviz.ops.frame import answer_twin, inputs_twin
from memviz.ops.interpolate import interpolate_twin
from memviz.ops.loss import chunk_loss_twin
from memviz.ops.read import read_twin
from memviz.ops.sharpen import sharpen_twin
from memviz.ops.shift import shift_twin
from memviz.ops.units import units_twin

Tensors = dict[str, Tensor]


def start(config: NTMConfig, params: Tensors, B: int) -> Tensors:
    """The state before step 0, for B episodes."""
    like = params["heads"]
    memory = params.get("memory_start")
    first = {
        "memory": like.new_tensor(fixed_memory(config)) if memory is None else memory,
        "weighting": torch.cat([start_weightings(config, params, head) for head in ("read", "write")]),
        "read_vector": params["read_vector_start"],
    }
    if config.controller == "lstm":
        first |= {"hidden": params["hidden_start"], "cell": params["cell_start"]}
    return {name: value.expand(B, *value.shape).contiguous() for name, value in first.items()}


def start_weightings(config: NTMConfig, params: Tensors, head: str) -> Tensor:
    """The weightings (head, N) before step 0 of the heads that read, or of those that write."""
    if config.start == "learned":
        return params[f"{head}_start_logits"].softmax(-1)
    heads = config.read_heads if head == "read" else config.write_heads
    return params["heads"].new_tensor(fixed_weighting(config, heads))


def controller(config: NTMConfig, state: Tensors, from_input: Tensor, recurrent: Tensor) -> Tensors:
    """The controller's new state from its old one, the words read, and what the input contributes (B, 4 hidden)."""
    words = state["read_vector"].flatten(1)
    seen = torch.cat([state["hidden"], words], 1) if config.controller == "lstm" else words
    return units_twin(torch.addmm(from_input, seen, recurrent), state)


def heads(config: NTMConfig, params: Tensors, hidden: Tensor) -> Tensors:
    """What the controller tells the heads: keys (B, head, W), strengths (B, head), ..., erase and add (B, write, W)."""
    weights, number = params["heads"], config.read_heads + config.write_heads
    sums = torch.addmm(weights[config.hidden], hidden, weights[: config.hidden])
    sums = clip_twin(sums, config.clip) if config.clip else sums
    part = {name: sums[:, where] for name, where in columns(config).items()}
    squash = torch.tanh if config.vectors == "tanh" else torch.Tensor.contiguous
    strength = functional.softplus(part["strength"], threshold=40)
    return {
        "key": squash(part["key"]).unflatten(1, (number, config.W)),
        "add": squash(part["add"]).unflatten(1, (config.write_heads, config.W)),
        "erase": part["erase"].sigmoid().unflatten(1, (config.write_heads, config.W)),
        "strength": strength + 1 if config.strength == "oneplus" else strength,
        "gate": part["gate"].sigmoid(),
        "sharpness": functional.softplus(part["sharpness"], threshold=40) + 1,
        "shift": part["shift"].unflatten(1, (number, -1)).softmax(-1),
    }


def address(config: NTMConfig, memory: Tensor, previous: Tensor, told: Tensors) -> Tensors:
    """The four stages from keys to weightings, all heads at once."""
    content = content_weights_twin(memory, told["key"], told["strength"], config.cosine_epsilon)
    interpolated = interpolate_twin(content, previous, told["gate"])
    shifted = shift_twin(interpolated, told["shift"])
    weighting = sharpen_twin(shifted, told["sharpness"], config.sharpen_tiny)
    return {"content": content, "interpolated": interpolated, "shifted": shifted, "weighting": weighting}


def read_words(config: NTMConfig, memory: Tensor, weighting: Tensor) -> Tensor:
    """What the read heads read, (B, read, W)."""
    return read_twin(memory, weighting[:, : config.read_heads])


def write(config: NTMConfig, memory: Tensor, weighting: Tensor, told: Tensors) -> Tensor:
    """The memory after every write head in turn."""
    for head in range(config.write_heads):
        w = weighting[:, config.read_heads + head]
        memory = erase_add_twin(memory, w, told["erase"][:, head], told["add"][:, head])
    return memory


def step(config: NTMConfig, params: Tensors, state: Tensors, from_input: Tensor, recurrent: Tensor) -> Tensors:
    """The state after one step; it holds everything that was computed on the way."""
    control = controller(config, state, from_input, recurrent)
    told = heads(config, params, control["hidden"])
    where = address(config, state["memory"], state["weighting"], told)
    memory = write(config, state["memory"], where["weighting"], told)
    words = read_words(config, state["memory"] if config.read_order == "previous" else memory, where["weighting"])
    return {**control, **told, **where, "memory": memory, "read_vector": words}


def forward(
    config: NTMConfig, params: Tensors, inputs: Tensor, state: Tensors | None = None
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


def loss(config: NTMConfig, logits: Tensor, targets: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
    """(nats, wrong bits), summed over the answered steps: targets (T, B, Y), mask (T, B)."""
    return chunk_loss_twin(logits, targets, mask, config.outputs == "classes")


def tape(config: NTMConfig, states: list[Tensors]) -> Tensors:
    """Signals by name, (T, B, ...), out of the states of `forward` (or out of their gradients)."""
    R, first, after = config.read_heads, states[0], states[1:]
    stacked = {name: torch.stack([state[name] for state in after]) for name in after[0]}
    both = ("key", "strength", "gate", "sharpness", "shift", "content", "interpolated", "shifted", "weighting")
    signals = {name: value for name, value in stacked.items() if name not in both}
    for name in both:
        signals[f"read_{name}"], signals[f"write_{name}"] = stacked[name][:, :, :R], stacked[name][:, :, R:]
    starts = {"memory_start": first["memory"]}
    starts |= {"read_start": first["weighting"][:, :R], "write_start": first["weighting"][:, R:]}
    return signals | starts
