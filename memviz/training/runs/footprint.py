"""How much memory a run would take, estimated before any of it is allocated.

    bytes(T, C) = a + b T + c C + d T C          of a model's work arrays, for chunks of C episodes of up to T steps

is fitted to four small sizes, then taken where training and the exams need it. Added are the buffers of the batch, the
parameters with their optimizer and gradient lanes, and the memories carried over.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np

from memviz.contracts.errors import ConfigError
from memviz.training.config import TrainConfig
from memviz.training.setup import Setup

SMALL = ((1, 1), (5, 1), (1, 3), (5, 3))  # (T, C)
FLOAT = 4  # bytes
EXAMINED = 5  # sequences that our tasks' exams put together; drawing an exam to see would compile kernels
COPIES = 6  # of the parameters, besides the lanes: themselves, three slots, the good and the newest state


def wanted(setup: Setup, config: TrainConfig) -> int:
    """Bytes that training takes. Nothing large is made to find out."""
    task, model, given = setup.task, setup.model, setup.task_config
    (X, Y), T = task.widths(given), task.steps(given)
    scratch = _fitted([held(model.scratch(setup.model_config, X, Y, *size, np.float32)) for size in SMALL])
    whole, rest = divmod(config.batch, config.chunk)
    sizes = {config.chunk} if whole else set()
    sizes |= {rest} if rest else set()
    lanes = min(config.lanes, whole + bool(rest))
    work = lanes * sum(scratch(T, C) for C in sizes)
    exams = sum(scratch(steps, EXAMINED) for steps in _longest(setup))
    batch = FLOAT * config.batch * T * (X + Y + 1)
    return int(work + exams + batch + _parameters(setup, lanes) + _carried(setup, config))


def check(setup: Setup, configs: Iterable[TrainConfig], limit: float) -> int:
    """The most bytes that training takes with one of the settings. Raises ConfigError when that is above `limit`."""
    most = 0
    for config in configs:
        if (bytes := wanted(setup, config)) > limit:
            raise ConfigError(
                f"memory: want at most {told(limit)} for one run, got about {told(bytes)} with batch {config.batch}, "
                f"chunk {config.chunk} and {config.lanes} lanes (choose a smaller batch, chunk or memory, "
                "or set MEMVIZ_RUN_MEMORY to more GiB)"
            )
        most = max(most, bytes)
    return most


def held(thing: Any) -> int:
    """The bytes of all arrays in a thing: an array, a container or dataclass of them, or anything else, which is 0."""
    if isinstance(thing, np.ndarray):
        return thing.nbytes
    if isinstance(thing, Mapping):
        return sum(map(held, thing.values()))
    if isinstance(thing, list | tuple):
        return sum(map(held, thing))
    if is_dataclass(thing):
        return sum(held(getattr(thing, one.name)) for one in fields(thing))
    return 0


def _fitted(sizes: list[int]) -> Any:
    """The bytes as a function of T and C, from those at SMALL."""
    (t0, c0), (t1, c1) = SMALL[0], SMALL[-1]
    first, longer, wider, both = sizes
    per_t, per_c = (longer - first) / (t1 - t0), (wider - first) / (c1 - c0)
    per_both = (both - longer - wider + first) / ((t1 - t0) * (c1 - c0))
    return lambda T, C: first + per_t * (T - t0) + per_c * (C - c0) + per_both * (T - t0) * (C - c0)


def _longest(setup: Setup) -> list[int]:
    """Steps of the longest episode of the exam, and of the harder one if there is one."""
    task, config = setup.task, setup.task_config
    return [task.steps(one) for one in (config, *([task.stretch(config)] if task.stretch else []))]


def _parameters(setup: Setup, lanes: int) -> int:
    return FLOAT * setup.layout.size * (COPIES + lanes)


def _carried(setup: Setup, config: TrainConfig) -> int:
    slots, width = setup.memory_shape
    return FLOAT * config.batch * slots * width * (3 if config.memory == "carry" else 1)


def told(bytes: float) -> str:
    """Bytes for people to read."""
    return f"{bytes / 2**30:.3g} GiB" if bytes >= 2**30 else f"{bytes / 2**20:.3g} MiB"
