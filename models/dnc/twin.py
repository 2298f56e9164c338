"""The DNC in torch, batched: the oracle of kernels.py, function by function, and the path to CUDA.

Everything has time and the batch first: inputs (T, B, X), a state's memory (B, N, W), its links (B, N, N). There is no
backward here: torch derives it. Reads come first where read heads and the write head are counted together.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from memviz.models.dnc.config import MOST_SLOTS_SHOWN, DNCConfig
from memviz.models.dnc.parameters import columns, fixed_weighting, frame, zeros
from memviz.ops.allocation import allocation_twin
from memviz.ops.blocks import fixed_memory
from memviz.ops.clip import clip_twin
from memviz.ops.content import content_weights_twin
from memviz.ops.deallocate import deallocate_twin
from memviz.ops.erase_add import erase_add_twin
from memviz.ops.follow import follow_twin
from memviz.ops.frame import answer_twin, inputs_twin
from memviz.ops.linkage import linkage_twin
from memviz.ops.loss import chunk_loss_twin
from memviz.ops.masked_content import masked_content_twin
from memviz.ops.precedence import precedence_twin
from memviz.ops.read import read_twin
from memviz.ops.read_modes import read_modes_twin
from memviz.ops.retention import retention_twin
from memviz.ops.sharpen import sharpen_twin
from memviz.ops.units import units_twin
from memviz.ops.usage import usage_twin
from memviz.ops.write_gates import write_gates_twin

Tensors = dict[str, Tensor]


def start(config: DNCConfig, params: Tensors, B: int) -> Tensors:
    """The state before step 0, for B episodes."""
    like = params["heads"]
    memory = params.get("memory_start")
    first = {
        "memory": like.new_tensor(fixed_memory(config)) if memory is None else memory,
        "read_weighting": start_weightings(config, params, "read"),
        "write_weighting": start_weightings(config, params, "write")[0],
        **{name: like.new_tensor(value) for name, value in zeros(config).items()},
    }
    for which, names in enumerate(("hidden", "cell")):
        if names in first:
            parts = first.pop(names).chunk(config.layers)
            first |= {of[which]: part for of, part in zip(layers(config), parts, strict=True)}
    return {name: value.expand(B, *value.shape).contiguous() for name, value in first.items()}


def start_weightings(config: DNCConfig, params: Tensors, head: str) -> Tensor:
    """The weightings (head, N) before step 0 of the heads that read, or of the one that writes."""
    if config.start == "learned":
        return params[f"{head}_start_logits"].softmax(-1)
    heads = config.read_heads if head == "read" else 1
    return params["heads"].new_tensor(fixed_weighting(config, heads))


def controller(config: DNCConfig, state: Tensors, from_input: tuple[Tensor, ...], recurrent: list[Tensor]) -> Tensors:
    """The controller's new state from its old one, the words read, and what each layer's input adds (B, 4 hidden)."""
    words, found, below = state["read_vector"].flatten(1), {}, []
    lstm = config.controller == "lstm"
    for layer, (hidden, cell) in enumerate(layers(config)):
        seen = torch.cat([*below, *([state[hidden]] if lstm else []), words], 1)
        sums = torch.addmm(from_input[layer], seen, recurrent[layer])
        now = units_twin(sums, {"cell": state[cell]} if lstm else {})
        below = [now["hidden"]]
        found |= {hidden: now["hidden"], **({cell: now["cell"]} if lstm else {})}
    return found


def layers(config: DNCConfig) -> list[tuple[str, str]]:
    """The names that hidden and cell of every layer have in a state: each is a tensor of its own."""
    return [("hidden", "cell"), *((f"hidden_{layer}", f"cell_{layer}") for layer in range(1, config.layers))]


def said(config: DNCConfig, states: list[Tensors]) -> Tensor:
    """What the controller says in every state: hidden of all layers, side by side."""
    return torch.cat([torch.stack([state[hidden] for state in states]) for hidden, _ in layers(config)], -1)


def heads(config: DNCConfig, params: Tensors, hidden: Tensor) -> Tensors:
    """What the controller tells the memory: vectors (B, R + 2, W), strengths (B, R + 1), gates (B, R + 2), ..."""
    weights = params["heads"]
    sums = torch.addmm(weights[-1], hidden, weights[:-1])
    sums = clip_twin(sums, config.clip) if config.clip else sums
    part = {name: sums[:, where] for name, where in columns(config).items()}
    vector = torch.tanh(part["vector"]) if config.vectors == "tanh" else part["vector"]
    strength = functional.softplus(part["strength"], threshold=40)
    told = {
        "vector": vector.unflatten(1, (-1, config.W)),
        "erase": part["erase"].sigmoid(),
        "strength": strength + 1 if config.strength == "oneplus" else strength,
        "gate": part["gate"].sigmoid(),
    }
    if config.links:
        told["mode"] = part["mode"].unflatten(1, (-1, 3)).softmax(-1)
    if config.links and config.sharpen_links:
        told["sharpness"] = functional.softplus(part["sharpness"], threshold=40).unflatten(1, (2, -1)) + 1
    if config.masked:
        mask = config.mask_least + (1 - config.mask_least) * part["mask"].sigmoid()
        told["mask"] = mask.unflatten(1, (-1, config.W))
    return told


def content(config: DNCConfig, memory: Tensor, told: Tensors, which: slice) -> Tensor:
    """Where the heads of `which` find their keys in the memory, (B, head, N)."""
    key, strength = told["vector"][:, : config.read_heads + 1][:, which], told["strength"][:, which]
    outside = config.cosine == "denominator"
    if not (config.masked or outside):
        return content_weights_twin(memory, key, strength, config.cosine_epsilon)
    mask = told["mask"][:, which] if config.masked else torch.ones_like(key)
    return masked_content_twin(memory, key, strength, mask, config.cosine_epsilon, outside)


def find_room(config: DNCConfig, state: Tensors, told: Tensors) -> Tensors:
    """Retention, usage and allocation, each (B, N)."""
    written = state["write_weighting"] if config.usage_gradient == "full" else state["write_weighting"].detach()
    retention = retention_twin(told["gate"][:, : config.read_heads], state["read_weighting"])
    usage = usage_twin(state["usage"], written, retention)
    return {"retention": retention, "usage": usage, "allocation": allocation_twin(usage, config.usage_epsilon)}


def write(config: DNCConfig, memory: Tensor, told: Tensors, room: Tensors) -> Tensors:
    """Where the head writes, and the memory after the step."""
    R = config.read_heads
    found = content(config, memory, told, slice(R, R + 1))[:, 0]
    gates = told["gate"][:, R], told["gate"][:, R + 1]
    weighting = write_gates_twin(room["allocation"], found, *gates)
    write = weighting, told["erase"], told["vector"][:, R + 1]
    kept = (room["retention"],) if config.deallocate else ()
    memory = (deallocate_twin if config.deallocate else erase_add_twin)(memory, *write, *kept)
    return {"write_content": found, "write_weighting": weighting, "memory": memory}


def walk(config: DNCConfig, state: Tensors, told: Tensors, weighting: Tensor) -> Tensors:
    """Links, precedence, and where the links lead the heads; nothing without links."""
    if not config.links:
        return {}
    link = linkage_twin(state["link"], weighting, state["precedence"])
    forward, backward = follow_twin(link, state["read_weighting"])
    if config.sharpen_links:
        backward = sharpen_twin(backward, told["sharpness"][:, 0], config.link_epsilon)
        forward = sharpen_twin(forward, told["sharpness"][:, 1], config.link_epsilon)
    precedence = precedence_twin(state["precedence"], weighting)
    return {"link": link, "precedence": precedence, "forward": forward, "backward": backward}


def read_words(config: DNCConfig, memory: Tensor, told: Tensors, along: Tensors) -> Tensors:
    """Where the heads read, and what, (B, R, W)."""
    found = weighting = content(config, memory, told, slice(config.read_heads))
    if config.links:
        weighting = read_modes_twin(along["backward"], found, along["forward"], told["mode"])
    return {"read_content": found, "read_weighting": weighting, "read_vector": read_twin(memory, weighting)}


def step(
    config: DNCConfig, params: Tensors, state: Tensors, from_input: tuple[Tensor, ...], recurrent: list[Tensor]
) -> Tensors:
    """The state after one step; it holds everything that was computed on the way."""
    control = controller(config, state, from_input, recurrent)
    hidden = torch.cat([control[name] for name, _ in layers(config)], 1) if config.layers > 1 else control["hidden"]
    told = heads(config, params, hidden)
    room = find_room(config, state, told)
    written = write(config, state["memory"], told, room)
    along = walk(config, state, told, written["write_weighting"])
    words = read_words(config, written["memory"], told, along)
    return {**control, **told, **room, **written, **along, **words}


def forward(
    config: DNCConfig, params: Tensors, inputs: Tensor, state: Tensors | None = None
) -> tuple[Tensor, list[Tensors]]:
    """Logits (T, B, Y) of the outputs, and the state before step 0 (`state`, if given) and after every step."""
    sizes = frame(config)
    each = [inputs_twin(params["controller"], sizes.bias, sizes.words, inputs)]
    above = params.get("deeper", ())
    each += [inputs_twin(weights, sizes.hidden + sizes.bias, sizes.words, inputs) for weights in above]
    recurrent = [weights for _, weights in each]
    states = [start(config, params, inputs.shape[1]) if state is None else state]
    for now in zip(*(added for added, _ in each), strict=True):
        states.append(step(config, params, states[-1], now, recurrent))
    hidden = said(config, states[1:])
    words = torch.stack([state["read_vector"] for state in states[1:]]).flatten(2)
    return answer_twin(0, params["output"], hidden, words), states


def loss(config: DNCConfig, logits: Tensor, targets: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
    """(nats, wrong bits), summed over the answered steps: targets (T, B, Y), mask (T, B)."""
    return chunk_loss_twin(logits, targets, mask, config.outputs == "classes")


def tape(config: DNCConfig, states: list[Tensors]) -> Tensors:
    """Signals by name, (T, B, ...), out of the states of `forward` (or out of their gradients)."""
    R, first, after = config.read_heads, states[0], states[1:]
    of = {name: torch.stack([state[name] for state in after]) for name in after[0]}
    for names in zip(*layers(config), strict=True):
        parts = [of.pop(name) for name in names if name in of]
        of |= {names[0]: torch.cat(parts, -1)} if parts else {}
    vector, strength, gate = of.pop("vector"), of.pop("strength"), of.pop("gate")
    of |= {"read_key": vector[:, :, :R], "write_key": vector[:, :, R : R + 1], "add": vector[:, :, R + 1 :]}
    of |= {"read_strength": strength[:, :, :R], "write_strength": strength[:, :, R:]}
    of |= {"free_gate": gate[:, :, :R], "allocation_gate": gate[:, :, R : R + 1], "write_gate": gate[:, :, R + 1 :]}
    if config.links:
        of["read_mode"] = of.pop("mode")
    if "sharpness" in of:
        sharpness = of.pop("sharpness")
        of |= {"backward_sharpness": sharpness[:, :, 0], "forward_sharpness": sharpness[:, :, 1]}
    if config.masked:
        mask = of.pop("mask")
        of |= {"read_mask": mask[:, :, :R], "write_mask": mask[:, :, R:]}
    if config.N > MOST_SLOTS_SHOWN:
        of.pop("link", None)
    for name in ("erase", "allocation", "write_content", "write_weighting", "precedence"):
        if name in of:
            of[name] = of[name].unsqueeze(2)  # the one write head
    starts = {"memory_start": first["memory"], "read_start": first["read_weighting"]}
    return of | starts | {"write_start": first["write_weighting"].unsqueeze(1)}
