"""The model contract: functions over arrays. What forward saves for backward is the trace."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from memviz.contracts.events import Event
from memviz.contracts.knob import Preset
from memviz.contracts.signal import Signal

Array = np.ndarray
Arrays = dict[str, Array]


@dataclass(frozen=True)
class Model:
    """A complete network with (or without) an external memory.

    Every function but `gradient` is pure; `gradient` adds into `grads` and overwrites `scratch` and `memory`.

    X and Y are the task's input and output widths; C the episodes of one chunk; shapes as in Signal.dims.
    Parameters and gradients are dicts of named arrays, in the order `shapes` gives them; the trainer lays
    them out in one flat vector and passes views, so kernels must take C-contiguous arrays of one dtype
    (float32 in training, float64 in checks).

    The module `twin` has start(config, params, B), forward(config, params, inputs, state=None), loss, tape, and the
    `step` that forward looks up and the benchmark compiles; models/ntm/twin.py shows what each takes and gives.
    By name: a state or signal "memory" is the memory (slot, word); a knob "outputs" follows the task's loss; parameters
    with "start" in their name hold before step 0 and are no matrices. By order: of a side's weightings the one that
    `signals` declares last is *the* weighting.
    """

    name: str  # the folder's name
    title: str
    doc: str  # one sentence for the Lab
    config: type[Any]  # frozen dataclass of knobs and choices
    presets: Mapping[str, Preset]  # at least "lesson" and "paper"
    signals: Callable[[Any], Mapping[str, Signal]]  # config -> what forward records
    shapes: Callable[[Any, int, int], Mapping[str, tuple[int, ...]]]  # (config, X, Y) -> of every parameter
    init: Callable[[Any, int, int, np.random.Generator], Arrays]  # (config, X, Y, rng) -> parameters, float64
    start: Callable[[Any, Arrays], Arrays]  # (config, params) -> state before step 0 (holds "memory" if it has one)
    # (config, params, state, inputs (T, X), edits) -> outputs (T, Y) as probabilities, state after, tape.
    # edits: signal name -> array shaped like the signal, NaN = leave alone; None compiles the edits out.
    forward: Callable[[Any, Arrays, Arrays, np.ndarray, Arrays | None], tuple[np.ndarray, Arrays, Arrays]]
    # (config, params, state, episode) -> d_<signal> for every stored signal; loss = mean nats per answered bit
    backward: Callable[[Any, Arrays, Arrays, Any], Arrays]
    # (config, X, Y, T, C, dtype) -> opaque work arrays, reused from call to call; every cell is written before read
    scratch: Callable[[Any, int, int, int, int, Any], Any]
    # (config, params, chunk, scale, grads or None, scratch, memory or None) -> (nats, wrong bits), over the chunk.
    # One nogil call: forward, loss and - with grads - backward; adds scale * d(nats)/d(param) into grads.
    # memory (C, slot, word): start from it instead of the model's own start, and leave the final memory in it.
    gradient: Callable[[Any, Arrays, Any, float, Arrays | None, Any, np.ndarray | None], tuple[float, int]]
    twin: str  # dotted name of the torch module, batched: oracle and CUDA path
    # (config, recorded signals) -> what happened that only this model can tell, such as a slot freed or evicted; a name
    # that it uses ("write") takes the place of the strongest writes that are found in any trace
    events: Callable[[Any, Arrays], Iterable[Event]] | None = None


def has_memory(model: Model, config: Any) -> bool:
    """Whether the model records a memory, so that one can be carried over, saved and loaded."""
    return "memory" in model.signals(config)
