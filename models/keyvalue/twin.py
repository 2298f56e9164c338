"""The network in torch, batched: the oracle of kernels.py, function by function, and the path to CUDA.

Everything has time and the batch first: inputs (T, B, X), a state's memory (B, N, 2 W + 5) with rows [value | key |
item born touched count usage]. There is no backward here: torch derives it. Slots are chosen one
episode at a time, in plain.py.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from memviz.models.keyvalue.config import KeyValueConfig
from memviz.models.keyvalue.parameters import columns, empty_memory
from memviz.models.keyvalue.plain import COUNT, ITEM, TOUCHED, USAGE, note_read, place, protected
from memviz.ops.clip import clip_twin
from memviz.ops.frame import answer_twin
from memviz.ops.lookup import lookup_twin, similarities_twin
from memviz.ops.loss import chunk_loss_twin
from memviz.ops.units import units_twin

Tensors = dict[str, Tensor]


def start(config: KeyValueConfig, params: Tensors, B: int) -> Tensors:
    """The state before step 0, for B episodes."""
    like = params["heads"]
    rows = len(params["controller"]) - 1
    rows -= config.hidden * (config.controller == "lstm") + config.W * config.feedback
    first = {"memory": like.new_tensor(empty_memory(config))}
    first["past"] = like.new_zeros(config.past, rows // (1 + config.past))
    for name in ("hidden", "cell", "read_vector"):
        if f"{name}_start" in params:
            first[name] = params[f"{name}_start"]
    return {name: value.expand(B, *value.shape).contiguous() for name, value in first.items()}


def encode(config: KeyValueConfig, params: Tensors, state: Tensors, x: Tensor) -> Tensors:
    """The encoder's new state from its old one, and the inputs that the next step sees as past."""
    seen = [x, state["past"].flatten(1), x.new_ones(len(x), 1)]
    past = {"past": torch.cat([x.unsqueeze(1), state["past"]], 1)[:, : config.past]}
    seen += [state["hidden"]] if config.controller == "lstm" else []
    seen += [state["read_vector"]] if config.feedback else []
    sums = torch.cat(seen, 1) @ params["controller"]
    return units_twin(sums, state) | past


def heads(config: KeyValueConfig, params: Tensors, hidden: Tensor) -> Tensors:
    """What the encoder says: query, key and value (B, W), strength and gate (B)."""
    weights = params["heads"]
    sums = torch.addmm(weights[config.hidden], hidden, weights[: config.hidden])
    sums = clip_twin(sums, config.clip) if config.clip else sums
    part = {name: sums[:, where] for name, where in columns(config).items()}
    squash = torch.tanh if config.vectors == "tanh" else torch.Tensor.contiguous
    told = {name: squash(part[name]) for name in ("query", "key", "value")}
    if not config.hard:
        strength = functional.softplus(part["strength"].squeeze(1), threshold=40)
        told["strength"] = strength + 1 if config.strength == "oneplus" else strength
    if config.write == "gate":
        told["gate"] = part["gate"].squeeze(1).sigmoid()
    return told


def read(config: KeyValueConfig, memory: Tensor, told: Tensors) -> Tensors:
    """The read weighting (B, N), and the value read (B, W)."""
    W = config.W
    values, keys, item = memory[..., :W], memory[..., W : 2 * W], memory[..., 2 * W].detach()
    if config.hard:
        nearest = lookup_twin(keys, told["query"], item.new_zeros(len(item)), item, 1, config.cosine_epsilon)
        reading = nearest.detach().requires_grad_(torch.is_grad_enabled())
    else:
        given = told["query"], told["strength"], item, config.nearest, config.cosine_epsilon
        reading = lookup_twin(keys, *given)
    return {"reading": reading, "read_vector": (reading.unsqueeze(1) @ values).squeeze(1)}


def write(config: KeyValueConfig, memory: Tensor, told: Tensors, ahead: Tensor, t: int) -> Tensors:
    """The memory after step t, and where it wrote (B, N); told: heads and read; ahead (later steps, B, W) queries."""
    W, N = config.W, config.N
    values, keys, ledger = memory[..., :W], memory[..., W : 2 * W], memory[..., 2 * W :].detach().clone()
    ledger[..., ITEM] = torch.where(ledger[..., ITEM] < 0, -1.0, ledger[..., ITEM])
    epsilon, known = config.cosine_epsilon, keys.detach()
    asked, offered = (similarities_twin(known, told[name].detach(), epsilon) for name in ("query", "key"))
    later = similarities_twin(known, ahead.detach(), epsilon) if len(ahead) else ahead.new_zeros(0, len(known), N)
    pairs = torch.stack([similarities_twin(known, known[:, n], epsilon) for n in range(N)], 1)
    books, reading = ledger.cpu().numpy().astype(float), told["reading"].detach().cpu().numpy()
    safe = np.zeros((len(memory), N))
    slots = torch.full((len(memory),), -1)
    new_values, new_keys = list(values.unbind(0)), list(keys.unbind(0))
    for b, book in enumerate(books):
        note_read(config, book, asked[b].cpu().numpy(), reading[b])
        safe[b] = protected(config, book, t)
        gate = told["gate"][b] if "gate" in told else values.new_ones(())
        if gate <= 0.5:
            continue
        cosines = (offered[b].cpu().numpy(), pairs[b].cpu().numpy(), later[:, b].cpu().numpy())
        slot, into, hit = place(config, book, *cosines, safe[b])
        if slot < 0:
            continue
        average = hit and config.update == "average"
        kept_value, kept_key = (1 - config.rate, 1.0) if average else (0.0, 0.0)
        for rows, kept, new in (
            (new_values, kept_value, gate * told["value"][b]),
            (new_keys, kept_key, told["key"][b]),
        ):
            each = list(rows[b].unbind(0))
            if into >= 0:
                each[into] = (each[into] + each[slot]) / 2
            each[slot] = kept * each[slot] + (1 - kept) * new
            rows[b] = torch.stack(each)
        slots[b] = slot
    after = torch.cat([torch.stack(new_values), torch.stack(new_keys), ledger.new_tensor(books)], -1)
    one_hot = functional.one_hot(slots + 1, N + 1)[:, 1:].to(after)
    constant = {"writing": one_hot, "protected": ledger.new_tensor(safe)}
    return {"memory": after} | {name: value.requires_grad_(torch.is_grad_enabled()) for name, value in constant.items()}


def step(config: KeyValueConfig, params: Tensors, state: Tensors, inputs: Tensor, t: int = 0) -> Tensors:
    """The state after step t; it holds everything that was computed on the way. inputs: this step's and later."""
    encoded = encode(config, params, state, inputs[0])
    told = heads(config, params, encoded["hidden"])
    done = read(config, state["memory"], told)
    ahead, coming, future = [], encoded, inputs[1:] if config.policy == "belady" else []
    for x in future:
        coming = encode(config, params, coming, x)
        ahead.append(heads(config, params, coming["hidden"])["query"])
    queries = torch.stack(ahead) if ahead else inputs.new_zeros(0, len(state["memory"]), config.W)
    return {**encoded, **told, **done, **write(config, state["memory"], told | done, queries, t)}


def forward(
    config: KeyValueConfig, params: Tensors, inputs: Tensor, state: Tensors | None = None
) -> tuple[Tensor, list[Tensors]]:
    """Logits (T, B, Y) of the outputs, and the state before step 0 (`state`, if given) and after every step."""
    states = [start(config, params, inputs.shape[1]) if state is None else state]
    for t in range(len(inputs)):
        states.append(step(config, params, states[-1], inputs[t:], t))
    hidden, words = (torch.stack([each[name] for each in states[1:]]) for name in ("hidden", "read_vector"))
    return answer_twin(config.clip, params["output"], hidden, words), states


def loss(config: KeyValueConfig, logits: Tensor, targets: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
    """(nats, wrong bits), summed over the answered steps: targets (T, B, Y), mask (T, B)."""
    return chunk_loss_twin(logits, targets, mask, config.outputs == "classes")


def tape(config: KeyValueConfig, states: list[Tensors]) -> Tensors:
    """Signals by name, (T, B, ...), out of the states of `forward` (or out of their gradients)."""
    W, first, after = config.W, states[0]["memory"], torch.stack([state["memory"] for state in states[1:]])
    heads_of = {"query": "read_key", "key": "write_key", "value": "add", "reading": "read_weighting"}
    heads_of |= {"read_vector": "read_vector", "writing": "write_weighting"}
    heads_of |= {"strength": "read_strength", "gate": "write_gate"}
    signals = {}
    for name, signal in heads_of.items():
        if name in states[1]:
            signals[signal] = torch.stack([state[name] for state in states[1:]]).unsqueeze(2)
    for name in ("hidden", "cell"):
        if name in states[1]:
            signals[name] = torch.stack([state[name] for state in states[1:]])
    for suffix, memory in (("", after), ("_start", first.unsqueeze(0))):
        signals |= {f"memory{suffix}": memory[..., :W], f"memory_keys{suffix}": memory[..., W : 2 * W]}
        signals[f"item{suffix}"] = memory[..., 2 * W]
    signals = {name: value.squeeze(0) if name.endswith("_start") else value for name, value in signals.items()}
    signals |= {"age": -after[..., 2 * W + TOUCHED], "count": after[..., 2 * W + COUNT]}
    if config.policy in ("usage", "fading"):
        signals["usage"] = after[..., 2 * W + USAGE]
    if config.protect:
        signals["protected"] = torch.stack([state["protected"] for state in states[1:]])
    return signals
