"""One episode, always the same, recorded at different updates: what the network does with it, as a Trace."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

import memviz
from memviz.contracts.events import Event
from memviz.contracts.finding import first_nonfinite
from memviz.contracts.knob import to_dict
from memviz.contracts.model import Arrays
from memviz.contracts.signal import Signal
from memviz.contracts.task import Episode, Task
from memviz.contracts.trace import Trace
from memviz.training.keys import PROBE, generator
from memviz.training.setup import Setup
from memviz.training.state import TrainState

EPISODE_SIGNALS = {
    "input": Signal("input", ("t", "input"), "what the network is given"),
    "target": Signal("target", ("t", "output"), "what it should answer"),
    "mask": Signal("gate", ("t",), "1 where the answer counts"),
    "output": Signal("output", ("t", "output"), "what it answers: probabilities"),
    "error": Signal("vector", ("t", "output"), "target - output where the answer counts, else 0", "output"),
}
DRAWN = 8  # episodes drawn to find a long one
HEADS = ("write", "read")


def probe_episode(task: Task, config: Any, seed: int, length: int | None = None) -> Episode:
    """The probe's episode by its seed: of `length`, else the longest of eight drawn, to have something to see."""
    rng = generator(PROBE, seed)
    if length is not None:
        return task.sample(config, rng, length)
    return max((task.sample(config, rng) for _ in range(DRAWN)), key=lambda episode: len(episode.mask))


class Probe:
    """Records one fixed episode. `seed` None: the run's own seed draws it."""

    def __init__(self, setup: Setup, seed: int | None = None, length: int | None = None) -> None:
        self.setup = setup
        self.seed = setup.seed if seed is None else seed
        self.episode = probe_episode(setup.task, setup.task_config, self.seed, length)

    def trace(self, state: TrainState, params: Arrays, gradients: bool = False) -> Trace:
        """The episode as the network of `state` does it now, cut at the first step that is not finite.

        It starts from the first carried memory when memories are carried. `gradients` adds d_<signal> for every
        stored signal: how the loss (mean nats per answer) would change.
        """
        meta = {
            "update": state.update,
            "probe_seed": self.seed,
            "memory": {"mode": state.config.memory, "saved": self.setup.memory is not None},  # which: "start_memory"
            "training": to_dict(state.config),
        }
        return record(self.setup, params, self.episode, state.carried, gradients, meta)


def probed(
    setup: Setup, state: TrainState, seed: int | None = None, length: int | None = None, gradients: bool = False
) -> Trace:
    """The probe's episode as the network of `state` does it; `seed` and `length` choose another one."""
    return Probe(setup, seed, length).trace(state, setup.layout.views(state.params), gradients)


def record(
    setup: Setup,
    params: Arrays,
    episode: Episode,
    memory: np.ndarray | None = None,
    gradients: bool = False,
    meta: Mapping[str, Any] | None = None,
) -> Trace:
    """A trace of any episode: the model's signals, the five of the episode, events, findings and where it came from.

    `memory` (slot, word): where it starts, instead of the setup's.
    """
    model, config = setup.model, setup.model_config
    first = setup.start(params, memory)
    outputs, _, tape = model.forward(config, params, first, episode.inputs, None)
    declared = model.signals(config)
    signals, arrays = {**EPISODE_SIGNALS, **declared}, _episode_arrays(episode, outputs)
    arrays |= {name: tape[name] for name in declared}
    whole = first_nonfinite(signals, arrays) is None
    if gradients and whole:  # the gradient of a loss that is not finite is not finite from step 0 on
        given = model.backward(config, params, first, episode)
        signals |= {f"d_{name}": gradient_of(name, declared[name]) for name in declared if f"d_{name}" in given}
        arrays |= {name: given[name] for name in signals if name.startswith("d_")}
    about = {**_about(setup, episode, outputs), **(meta or {})}
    told = list(model.events(config, arrays)) if model.events and whole else []
    names = {event.name for event in told}
    events = [*(event for event in strongest(signals, arrays) if event.name not in names), *told]
    trace = Trace(signals, arrays, tuple(events), None, about)
    return trace if whole else trace.finite()


def gradient_of(name: str, signal: Signal) -> Signal:
    """The signal d_<name>: how the loss changes with every number of it."""
    return Signal("gradient", signal.dims, f"d loss / d {name}", name)


def strongest(signals: Mapping[str, Signal], arrays: Arrays) -> Iterator[Event]:
    """A "write" and a "read" event per step: the slot with the largest weighting of any head of that kind."""
    for side in HEADS:
        names = [
            n for n, signal in signals.items() if signal.kind == "weighting" and signal.dims == ("t", side, "slot")
        ]
        if not names or 0 in arrays[names[-1]].shape:
            continue
        weighting = arrays[names[-1]]  # the last stage is where the head acts
        peaks = weighting.reshape(len(weighting), -1).argmax(axis=1)
        for t, (head, slot) in enumerate(zip(*np.unravel_index(peaks, weighting.shape[1:]), strict=True)):
            text = f"weighting {weighting[t, head, slot]:.3g}"
            yield Event(t, side, slot=int(slot), head=f"{side}.{head}", text=text)


def _episode_arrays(episode: Episode, outputs: np.ndarray) -> Arrays:
    asked = episode.mask[:, None] > 0
    return {
        "input": episode.inputs,
        "target": episode.targets,
        "mask": episode.mask,
        "output": outputs,
        "error": np.where(asked, episode.targets - outputs, 0).astype(outputs.dtype),
    }


def _about(setup: Setup, episode: Episode, outputs: np.ndarray) -> dict[str, Any]:
    with np.errstate(invalid="ignore"):
        scores = setup.task.score(outputs, episode)
    return {
        **setup.describe(),
        "title": f"{setup.model.title}: {setup.task.title}",
        "phases": list(episode.phases),
        "scores": {name: float(value) for name, value in scores.items() if math.isfinite(value)},
        "versions": {"memviz": memviz.__version__, "numpy": np.__version__},
    }
