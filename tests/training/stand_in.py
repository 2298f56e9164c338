"""A stand-in for a model and a task: small, in plain numpy, with the exact gradient, to test the trainer alone.

The model blends what it was given into every slot of its memory and answers from the mean of the slots:
M_t[i] = keep M_{t-1}[i] + A x_t;  r_t = mean_i M_t[i];  y_t = sigmoid(B r_t + b). The task asks for its own input back.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from memviz.contracts.knob import Preset, choice, knob
from memviz.contracts.model import Model
from memviz.contracts.signal import Signal
from memviz.contracts.task import Chunk, Episode, Task
from memviz.training.config import TrainConfig, Until
from memviz.training.runs.engine import Engine
from memviz.training.runs.hooks import Hooks
from memviz.training.runs.mailbox import Clock, Mailbox
from memviz.training.setup import Setup
from memviz.training.trainer import Trainer


@dataclass(frozen=True)
class DoubleConfig:
    N: int = knob(3, 1, 64, "slots")
    W: int = knob(8, 1, 64, "word width")
    keep: float = knob(0.0, 0.0, 2.0, "how much of the memory is kept")
    outputs: str = choice("bits", ("bits", "classes"), "follows the task")


@dataclass(frozen=True)
class EchoConfig:
    width: int = knob(4, 1, 16, "bits")
    steps: int = knob(5, 1, 64, "most steps")


def shapes(config, X, Y):
    return {name: array.shape for name, array in init(config, X, Y, np.random.default_rng()).items()}


def init(config, X, Y, rng):
    bound = 1 / np.sqrt(config.W)
    shapes = {"A": (X, config.W), "B": (config.W, Y), "bias": (Y,), "memory_start": (config.N, config.W)}
    return {name: rng.uniform(-bound, bound, shape) for name, shape in shapes.items()}


def start(config, params):
    return {"memory": params["memory_start"].copy()}


def _run(config, params, memory, inputs):
    """Memories after every step (T, C, N, W) and probabilities (T, C, Y)."""
    memories = []
    for x in inputs:
        memory = config.keep * memory + (x @ params["A"])[:, None]
        memories.append(memory)
    memories = np.stack(memories)
    with np.errstate(over="ignore", invalid="ignore"):
        return memories, 1 / (1 + np.exp(-(memories.mean(axis=2) @ params["B"] + params["bias"])))


def forward(config, params, state, inputs, edits=None):
    inputs = inputs.astype(params["A"].dtype)
    memories, outputs = _run(config, params, state["memory"][None], inputs[:, None])
    T, N = len(inputs), config.N
    alike = np.full((T, 1, N), 1 / N, params["A"].dtype)
    tape = {
        "memory": memories[:, 0],
        "memory_start": state["memory"],
        "write_weighting": alike,
        "read_weighting": alike,
    }
    return outputs[:, 0], {"memory": memories[-1, 0]}, tape


def _backward(config, memories, outputs, targets, mask, scale, B):
    """d logits (T, C, Y) and d memory after every step (T, C, N, W)."""
    dy = (outputs - targets) * mask[..., None] * scale
    dM = np.zeros_like(memories)
    carry = np.zeros_like(memories[0])
    for t in reversed(range(len(memories))):
        dM[t] = carry + (dy[t] @ B.T)[:, None] / config.N
        carry = config.keep * dM[t]
    return dy, dM, carry


def backward(config, params, state, episode):
    inputs = episode.inputs.astype(params["A"].dtype)
    memories, outputs = _run(config, params, state["memory"][None], inputs[:, None])
    answered = episode.mask.sum() * episode.targets.shape[1]
    _, dM, carry = _backward(
        config, memories, outputs, episode.targets[:, None], episode.mask[:, None], 1 / answered, params["B"]
    )
    return {"d_memory": dM[:, 0], "d_memory_start": carry[0]}


def scratch(config, X, Y, T, C, dtype):
    return None


def gradient(config, params, chunk, scale, grads, scratch, memory):
    C = chunk.inputs.shape[1]
    begin = np.repeat(params["memory_start"][None], C, axis=0) if memory is None else memory
    memories, outputs = _run(config, params, begin, chunk.inputs.astype(params["A"].dtype))
    asked = chunk.mask[..., None] > 0
    tiny = np.finfo(outputs.dtype).tiny
    said = np.where(chunk.targets > 0.5, outputs, 1 - outputs)
    nats = float(-np.log(np.maximum(said, tiny))[np.broadcast_to(asked, said.shape)].sum())
    wrong = int((((outputs > 0.5) != (chunk.targets > 0.5)) & asked).sum())
    if grads is not None:
        dy, dM, carry = _backward(config, memories, outputs, chunk.targets, chunk.mask, scale, params["B"])
        grads["B"] += np.einsum("tcw,tcy->wy", memories.mean(axis=2), dy)
        grads["bias"] += dy.sum(axis=(0, 1))
        grads["A"] += np.einsum("tcx,tcw->xw", chunk.inputs, dM.sum(axis=2))
        if memory is None:
            grads["memory_start"] += carry.sum(axis=0)
    if memory is not None:
        memory[...] = memories[-1]
    return nats, wrong


def signals(config):
    return {
        "memory": Signal("memory", ("t", "slot", "word"), "contents after the step"),
        "memory_start": Signal("memory", ("slot", "word"), "contents before step 0"),
        "write_weighting": Signal("weighting", ("t", "write", "slot"), "where it writes"),
        "read_weighting": Signal("weighting", ("t", "read", "slot"), "where it reads"),
    }


MODEL = Model(
    name="double",
    title="Double",
    doc="A stand-in.",
    config=DoubleConfig,
    presets={"lesson": Preset({"N": 2}, {"rate": 0.03, "batch": 6, "chunk": 2, "exam_every": 30}), "paper": Preset()},
    signals=signals,
    shapes=shapes,
    init=init,
    start=start,
    forward=forward,
    backward=backward,
    scratch=scratch,
    gradient=gradient,
    twin="",
)


def _fill(config, rng, T, C):
    bits = rng.integers(0, 2, (T, C, config.width)).astype("f4")
    return Chunk(bits, bits.copy(), np.ones((T, C), "f4"))


def sample_batch(config, key, inputs, targets, mask):
    rng = np.random.default_rng(int(key))
    T = int(rng.integers(1, config.steps + 1))
    chunk = _fill(config, rng, T, inputs.shape[1])
    inputs[:T], targets[:T], mask[:T] = chunk.inputs, chunk.targets, chunk.mask
    return T


def sample(config, rng, length=None):
    T = int(rng.integers(1, config.steps + 1)) if length is None else length
    chunk = _fill(config, rng, T, 1)
    return Episode(chunk.inputs[:, 0], chunk.targets[:, 0], chunk.mask[:, 0], ("echo",) * T)


def score(outputs, episode):
    wrong = int(((outputs > 0.5) != (episode.targets > 0.5)).sum())
    right = np.where(episode.targets > 0.5, outputs, 1 - outputs)
    return {"bits_per_sequence": float(-np.log2(np.maximum(right, 1e-12)).sum()), "wrong_bits": wrong}


def chance(config):
    bits = (1 + config.steps) / 2 * config.width
    return {"bits_per_sequence": bits, "wrong_bits": bits / 2}


TASK = Task(
    name="echo",
    title="Echo",
    doc="Say the input.",
    config=EchoConfig,
    presets={"lesson": Preset({"width": 3}), "paper": Preset()},
    loss="bits",
    widths=lambda config: (config.width, config.width),
    steps=lambda config: config.steps,
    sample_batch=sample_batch,
    sample=sample,
    exam=lambda config, rng: [_fill(config, rng, config.steps, 5) for _ in range(4)],
    score=score,
    chance=chance,
)


def setup(seed=0, memory=None, width=4, steps=5, **model_knobs):
    return Setup(MODEL, TASK, DoubleConfig(**model_knobs), EchoConfig(width, steps), seed, memory)


def config(**knobs):
    return TrainConfig(**{"rate": 0.03, "batch": 6, "chunk": 2, "exam_every": 120, "exam_below": 0.05, **knobs})


def trainer(seed=0, threads=1, start=None, keep=0.0, **knobs):
    return Trainer(setup(seed, start, keep=keep), config(**knobs), threads=threads)


def losses(one, updates):
    return [one.advance().metrics["loss"] for _ in range(updates)]


class StillClock(Clock):
    """Time that passes only when somebody waits, or by `tick` seconds at every look."""

    def __init__(self, tick=0.0):
        self.time, self.tick, self.waits = 100.0, tick, []

    def now(self):
        self.time += self.tick
        return self.time

    def wait(self, condition, seconds):
        assert seconds is not None, "this would wait for ever"
        self.waits.append(seconds)
        self.time += seconds


def engine(clock=None, goal=None, changes=(), hooks=None, seed=0, **knobs):
    clock = clock or StillClock(tick=0.001)
    given = {"goal": goal or Until(solved=False), "changes": changes, "hooks": hooks or Hooks()}
    return Engine(trainer(seed, **knobs), Mailbox(clock), clock, **given)


def work(engine, turns=1000):
    """Turns until it comes to rest, or so many."""
    for _ in range(turns):
        if engine.turn() is None:
            return
