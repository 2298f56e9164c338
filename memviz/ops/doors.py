"""The doors of every model: dicts of named arrays outside, kernels inside.

A chunk that trains, or one episode from any state: both through the same kernel, so that what is seen is what happens.
A model gives its `scratch`, and names the signals in the tape that comes back.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from memviz.contracts.model import Array, Arrays
from memviz.contracts.task import Chunk, Episode
from memviz.ops.output import outputs
from memviz.ops.scratch import Scratch

Make = Callable[..., Scratch]  # a model's `scratch`; record=True keeps all that a trace shows
LOGITS = {"read_weighting": "read_start_logits", "write_weighting": "write_start_logits"}


def gradient(
    config: Any,
    params: Arrays,
    chunk: Chunk,
    scale: float,
    grads: Arrays | None,
    scratch: Scratch,
    memory: Array | None,
) -> tuple[float, int]:
    """See contracts/model.py; what follows from the config is in `scratch`."""
    T, C = chunk.mask.shape
    given = scratch.blocks(params)
    added = given if grads is None else scratch.blocks(grads)
    carried = scratch.no_memory if memory is None else memory
    episodes = (chunk.inputs, chunk.targets, chunk.mask, carried, scale, grads is not None)
    return scratch.kernels.chunk(*episodes, *scratch.options, *given, *added, *scratch.at(T, C))


def play(make: Make, config: Any, params: Arrays, state: Arrays, inputs: Array, edits: Any = None) -> tuple[Array, Any]:
    """(outputs (T, Y) as probabilities, tape) of one episode from a state; edits: the model's, for its kernels."""
    scratch, options, blocks = _begin(make, config, params, state, inputs)
    kernels, T, dtype = scratch.kernels, len(inputs), scratch.room.dtype
    x = np.array(inputs[:, None], dtype)
    tape, _, work = scratch.named(T, 1)
    if edits is None:
        targets, mask = np.zeros_like(tape.logits), np.zeros((T, 1), dtype)
        kernels.chunk(x, targets, mask, scratch.no_memory, 1.0, False, *options, *blocks, *blocks, *scratch.at(T, 1))
    else:
        kernels.what_if(options, kernels.Parameters(*blocks), x, scratch.no_memory, tape, work, edits)
    return outputs(tape.logits[:, 0], options.classes), tape


def reverse(make: Make, config: Any, params: Arrays, state: Arrays, episode: Episode) -> tuple[Any, Any]:
    """(tape, gradients of it) of one episode from a state; the loss is the mean nats per answered bit."""
    scratch, options, blocks = _begin(make, config, params, state, episode.inputs)
    T, dtype = len(episode.inputs), scratch.room.dtype
    inputs, targets, mask = (np.array(a[:, None], dtype) for a in (episode.inputs, episode.targets, episode.mask))
    answered = mask.sum() * (1 if options.classes else targets.shape[2])
    settings = (scratch.no_memory, 1 / max(float(answered), 1.0), True, *options)
    unused = [np.zeros_like(block) for block in blocks]
    scratch.kernels.chunk(inputs, targets, mask, *settings, *blocks, *unused, *scratch.at(T, 1))
    tape, d, _ = scratch.named(T, 1)
    return tape, d


def _begin(
    make: Make, config: Any, params: Arrays, state: Arrays, inputs: Array
) -> tuple[Scratch, Any, tuple[Array, ...]]:
    """Scratch for one episode, and options and blocks that start from the state as it is."""
    dtype = params["output"].dtype
    scratch = make(config, inputs.shape[1], params["output"].shape[1], len(inputs), 1, dtype, record=True)
    starts = {LOGITS.get(name, f"{name}_start"): value for name, value in state.items()}
    named = {name: np.array(block, dtype, order="C") for name, block in {**params, **starts}.items()}
    learned = [name for name in ("learned_start", "learned_memory") if name in scratch.options._fields]
    return scratch, scratch.options._replace(**dict.fromkeys(learned, False)), scratch.blocks(named)
