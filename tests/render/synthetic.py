"""A made-up but honest NTM copy episode: NTM equations driven by hand-set keys and gates, from clueless to trained.

`skill` 0..1 stands for training: low skill blurs the weightings, flattens the gates and guesses the bits.
"""

from __future__ import annotations

import numpy as np

from memviz.contracts.events import Event
from memviz.contracts.signal import Signal
from memviz.contracts.trace import Trace

OFFSETS = np.array([-1, 0, 1])
STAGES = ("content", "interpolated", "shifted", "weighting")


def softmax(x: np.ndarray) -> np.ndarray:
    """Rows that sum to one."""
    e = np.exp(x - x.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


def address(memory, last, key, strength, gate, shift, sharpness) -> dict[str, np.ndarray]:
    """The four NTM stages of one head at one step."""
    norms = np.sqrt((memory**2).sum(1) + 1e-12) * np.sqrt((key**2).sum() + 1e-12)
    content = softmax(strength * (memory @ key) / norms)
    interpolated = gate * content + (1 - gate) * last
    shifted = sum(np.roll(interpolated, o) * s for o, s in zip(OFFSETS, shift, strict=True))
    powered = np.maximum(shifted, 1e-9) ** sharpness
    return dict(zip(STAGES, (content, interpolated, shifted, powered / powered.sum()), strict=True))


def signals_of(gradients: bool) -> dict[str, Signal]:
    """The NTM's declared signals, in the order of the team's list."""
    found = {
        "input": Signal("input", ("t", "input"), "what the network sees"),
        "target": Signal("target", ("t", "output"), "what it should answer"),
        "mask": Signal("gate", ("t",), "1 where the answer counts"),
        "output": Signal("output", ("t", "output"), "probability of each bit"),
        "error": Signal("vector", ("t", "output"), "target - output where the answer counts", "output"),
        "memory": Signal("memory", ("t", "slot", "word"), "contents after the step"),
        "memory_start": Signal("memory", ("slot", "word"), "contents before step 0"),
    }
    for side in ("read", "write"):
        found[f"{side}_start"] = Signal("weighting", (side, "slot"), "before step 0")
        found[f"{side}_key"] = Signal("vector", ("t", side, "word"), "what the head searches for")
        found[f"{side}_strength"] = Signal("strength", ("t", side), "key strength")
        found[f"{side}_gate"] = Signal("gate", ("t", side), "1 = search by content, 0 = keep the last weighting")
        found[f"{side}_shift"] = Signal("distribution", ("t", side, "shift"), "offset to move by")
        found[f"{side}_sharpness"] = Signal("strength", ("t", side), "exponent of the sharpening")
        for stage in STAGES:
            found[f"{side}_{stage}"] = Signal("weighting", ("t", side, "slot"), f"{side} {stage}")
    found["erase"] = Signal("gate", ("t", "write", "word"), "share of each word erased")
    found["add"] = Signal("vector", ("t", "write", "word"), "what is added")
    found["read_vector"] = Signal("vector", ("t", "read", "word"), "what was read")
    found["hidden"] = Signal("hidden", ("t", "hidden"), "controller output")
    found["cell"] = Signal("hidden", ("t", "hidden"), "controller cell")
    if gradients:
        for name in [n for n in found if n.startswith(("memory", "read_", "write_", "erase", "add", "output"))]:
            if "t" in found[name].dims:
                found[f"d_{name}"] = Signal("gradient", found[name].dims, f"d loss / d {name}", name)
    return found


def ntm_trace(
    words: int = 10,
    slots: int = 32,
    width: int = 12,
    bits: int = 6,
    skill: float = 1.0,
    heads: tuple[int, int] = (1, 1),
    seed: int = 3,
    update: int = 4000,
    gradients: bool = False,
) -> Trace:
    """One copy episode of T = 2 * words + 1 steps ; heads = (read, write)."""
    rng = np.random.default_rng(seed)
    noise = np.random.default_rng(seed + update)
    steps, blur = 2 * words + 1, 1 - skill
    inputs, target = np.zeros((steps, bits + 1)), np.zeros((steps, bits))
    inputs[:words, :bits] = rng.integers(0, 2, (words, bits))
    inputs[words, bits] = 1
    target[words + 1 :] = inputs[:words, :bits]
    mask = (np.arange(steps) > words).astype(float)
    code = rng.normal(0, 0.7, (bits + 1, width))
    signals = signals_of(gradients)
    sizes = {"t": steps, "read": heads[0], "write": heads[1], "slot": slots, "word": width, "shift": 3}
    sizes |= {"input": bits + 1, "output": bits, "hidden": 40}
    arrays = {n: np.zeros([sizes[d] for d in s.dims], np.float32) for n, s in signals.items()}
    arrays["input"][:], arrays["target"][:], arrays["mask"][:] = inputs, target, mask
    _run(arrays, inputs, code, words, blur, noise, heads)
    known = np.where(target > 0.5, 1 - 0.03 * noise.random(target.shape), 0.03 * noise.random(target.shape))
    guess = 0.5 + 0.12 * noise.normal(size=target.shape)
    arrays["output"][:] = np.clip(skill**2 * known + (1 - skill**2) * guess, 0, 1)
    arrays["error"][:] = (target - arrays["output"]) * mask[:, None]
    arrays["hidden"][:] = np.tanh(np.cumsum(noise.normal(0, 0.4, arrays["hidden"].shape), 0))
    arrays["cell"][:] = 1.6 * arrays["hidden"]
    for name in [n for n in signals if n.startswith("d_")]:
        shape = arrays[name].shape
        fade = np.exp(-np.abs(np.arange(steps) - words) / 6).reshape(-1, *[1] * (len(shape) - 1))
        arrays[name][:] = noise.normal(0, 0.05, shape) * fade * (0.1 + np.abs(arrays[signals[name].derived]))
    return Trace(signals, arrays, _events(words), None, _meta(words, update, seed))


def _run(arrays, inputs, code, words, blur, noise, heads) -> None:
    slots, width = arrays["memory_start"].shape
    memory = np.full((slots, width), 1e-6)
    last = {"read": np.zeros((heads[0], slots)), "write": np.zeros((heads[1], slots))}
    for side in last:
        last[side][:, 0] = 1 - blur
        last[side] += blur / slots
        arrays[f"{side}_start"][:] = last[side]
    arrays["memory_start"][:] = memory
    for t in range(len(inputs)):
        before = memory
        for side, count in (("read", heads[0]), ("write", heads[1])):
            for head in range(count):
                _head(arrays, side, head, t, words, before, last, blur, noise, code[-1])
        arrays["read_vector"][t] = arrays["read_weighting"][t] @ before
        for head in range(heads[1]):
            listening = t < words and t % heads[1] == head
            erase = np.clip((0.97 if listening else 0.05) * (1 - blur) + blur * noise.random(width), 0, 1)
            add = np.tanh(inputs[t, :-1] @ code[:-1]) * listening + 0.05 * noise.normal(size=width)
            arrays["erase"][t, head], arrays["add"][t, head] = erase, add
            w = arrays["write_weighting"][t, head][:, None]
            memory = memory * (1 - w * erase) + w * add
        arrays["memory"][t] = memory


def _head(arrays, side, head, t, words, memory, last, blur, noise, start_key) -> None:
    jump = side == "read" and t <= words
    key = (
        memory[0] + 0.05 * noise.normal(size=memory.shape[1])
        if jump
        else start_key + noise.normal(0, 0.3, len(start_key))
    )
    forward = (side == "write" and 0 < t <= words) or (side == "read" and t > words + 1)
    spread = softmax(np.array([0.0, 0.0, 8.0]) if forward else np.array([0.0, 8.0, 0.0])) * (1 - blur) + blur / 3
    gate = np.clip((0.9 if jump and t > 0 else 0.03) * (1 - blur) + 0.5 * blur + 0.02 * noise.random(), 0, 1)
    strength = (6.0 if jump else 0.4) * (1 - blur) + 0.5
    sharpness = 1 + (7 if t <= words or side == "read" else 2.0) * (1 - blur)
    values = {"key": key, "strength": strength, "gate": gate, "shift": spread, "sharpness": sharpness}
    values |= address(memory, last[side][head], key, strength, gate, spread, sharpness)
    for name, value in values.items():
        arrays[f"{side}_{name}"][t, head] = value
    last[side][head] = values["weighting"]


def _events(words: int) -> tuple[Event, ...]:
    writes = [Event(t, "write", slot=t, head="write.0", item=t) for t in range(words)]
    reads = [Event(words + 1 + i, "read", slot=i, head="read.0", item=i) for i in range(words)]
    return (*writes, *reads)


def _meta(words: int, update: int, seed: int) -> dict:
    phases = ["listen"] * words + ["delimiter"] + ["answer"] * words
    meta = {"model": "ntm", "task": "copy", "title": "Neural Turing Machine: Copy"}
    return meta | {"seed": seed, "update": update, "phases": phases}


def history(updates: int = 4000, solved: int = 1650) -> dict[str, np.ndarray]:
    """A learning curve that falls off the plateau as a real one does."""
    u = np.unique(np.round(np.geomspace(1, updates + 1, 300)).astype(int)) - 1
    rng = np.random.default_rng(0)
    fall = 1 / (1 + np.exp((u - 0.55 * solved) / (0.09 * solved)))
    bits = 32 * (0.99 * fall + 0.001) * np.exp(0.06 * rng.normal(size=len(u)))
    norm = (0.02 + 3 * fall * (1 - 0.8 * fall)) * np.exp(0.4 * rng.normal(size=len(u)))
    return {"update": u, "bits": bits, "wrong": bits / 2.1, "norm": norm}


def skill_at(update: int, solved: int = 1650) -> float:
    """Between clueless and trained, following the curve of `history`."""
    return float(1 - 1 / (1 + np.exp((update - 0.55 * solved) / (0.12 * solved))))


RECORDS = [0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 384, 512, 700, 850, 1000, 1200, 1400, 1650, 2048, 2900, 4000]


def status(**changes) -> dict:
    """A status header as Run.status() gives it."""
    metrics = {"bits_per_sequence": 0.04, "wrong_bits": 0.0, "loss": 0.001, "norm": 0.021, "norm_clipped": 0.021}
    metrics |= {"chance_bits": 33.0, "chance_wrong": 16.5}
    base = {"run": "demo", "state": "solved", "place": None, "message": "", "update": 4000, "sequences": 32000}
    base |= {"seconds": 1.43, "per_second": 22400.0, "metrics": metrics, "solved_at": 1650, "records": RECORDS}
    base |= {"knobs": {"rate": 0.003, "batch": 8, "clip": 1.0}, "controls": True, "speed": None, "viewers": 1}
    return base | changes
