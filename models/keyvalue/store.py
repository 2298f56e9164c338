"""The memory as a thing of its own: saved, reopened in another process, and edited by hand, with no gradient step.

A store is the array (N, 2 W + 5) that a state holds under "memory": rows [value | key | item born touched count usage].
Every function is pure, store -> store. The file is a memviz-memory/1, as training saves and loads it.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from memviz.contracts import store
from memviz.contracts.errors import ConfigError, FileError
from memviz.contracts.knob import to_dict
from memviz.contracts.model import Array
from memviz.models.keyvalue.config import KeyValueConfig
from memviz.models.keyvalue.parameters import LEDGER
from memviz.ops.policies import FREE
from memviz.ops.topk import topk

FORMAT = "memviz-memory/1"


class Entry(NamedTuple):
    """What one used slot holds."""

    slot: int
    item: int
    key: Array
    value: Array


def width(memory: Array) -> int:
    """The width W of the keys and values of a store."""
    return (memory.shape[1] - len(LEDGER)) // 2


def entries(memory: Array) -> list[Entry]:
    """The entries, by slot."""
    W = width(memory)
    used = np.flatnonzero(memory[:, 2 * W] >= 0)
    return [Entry(int(n), int(memory[n, 2 * W]), memory[n, W : 2 * W].copy(), memory[n, :W].copy()) for n in used]


def add(memory: Array, key: Array, value: Array) -> Array:
    """A store with one entry more, in its first free slot. Raises ConfigError where it is full."""
    W = width(memory)
    free = np.flatnonzero(memory[:, 2 * W] < 0)
    if not free.size:
        raise ConfigError(f"keyvalue.store.add: want a free slot, got {len(memory)} used ones (delete an entry)")
    after = memory.copy()
    after[free[0], 2 * W :] = (memory[:, 2 * W].max() + 1, 0, 0, 0, 1)
    return change(after, int(free[0]), key, value)


def change(memory: Array, slot: int, key: Array | None = None, value: Array | None = None) -> Array:
    """A store with another key or value in a used slot. Raises ConfigError for a free slot or a wrong width."""
    W, after = width(memory), memory.copy()
    _used(memory, slot, "change")
    for row, given in ((after[slot, W : 2 * W], key), (after[slot, :W], value)):
        if given is not None:
            new = np.asarray(given, memory.dtype)
            if new.shape != (W,) or not np.isfinite(new).all():
                raise ConfigError(f"keyvalue.store.change: want {W} finite numbers, got {new.shape} (mend the vector)")
            row[:] = new
    return after


def delete(memory: Array, slot: int) -> Array:
    """A store whose slot is free. Raises ConfigError if it is already."""
    _used(memory, slot, "delete")
    W, after = width(memory), memory.copy()
    after[slot] = 0
    after[slot, 2 * W] = FREE
    return after


def find(memory: Array, query: Array, k: int) -> list[tuple[int, float]]:
    """The k used slots whose keys have the largest cosine with a query, best first, with the cosines.

    Raises ConfigError for a query of another width.
    """
    W = width(memory)
    query = np.asarray(query, memory.dtype)
    if query.shape != (W,) or not np.isfinite(query).all():
        raise ConfigError(f"keyvalue.store.find: want {W} finite numbers, got {query.shape} (mend the query)")
    used = np.flatnonzero(memory[:, 2 * W] >= 0)
    keys = memory[used, W : 2 * W]
    lengths = np.linalg.norm(keys, axis=1, keepdims=True)
    keys = np.ascontiguousarray(keys / np.where(lengths > 0, lengths, 1))
    k = min(k, len(used))
    if k < 1:
        return []
    slots, scores = np.empty(k, np.int64), np.empty(k, memory.dtype)
    length = np.linalg.norm(query)
    topk(keys, np.ascontiguousarray(query / (length if length > 0 else 1), memory.dtype), slots, scores)
    return [(int(used[n]), float(score)) for n, score in zip(slots, scores, strict=True) if n >= 0]


def save(path: Path | str, config: KeyValueConfig, memory: Array, about: Mapping[str, Any] | None = None) -> None:
    """Write a store to a file, atomically."""
    header = {"model": {"name": "keyvalue", "config": to_dict(config)}, **(about or {})}
    store.write_file(path, FORMAT, header, {"memory": memory})


def load(path: Path | str, config: KeyValueConfig) -> Array:
    """The store of a file. Raises FileError where it is none for this config."""
    _, arrays = store.read_file(path, (FORMAT,))
    memory, shape = arrays.get("memory"), (config.N, 2 * config.W + len(LEDGER))
    if memory is None or memory.shape != shape or memory.dtype.kind != "f" or not np.isfinite(memory).all():
        got = "none" if memory is None else f"{memory.dtype} {memory.shape}"
        raise FileError(f"{path}: want a memory of finite numbers {shape}, got {got} (open one of the same N and W)")
    return memory


def _used(memory: Array, slot: int, what: str) -> None:
    if not 0 <= slot < len(memory) or memory[slot, 2 * width(memory)] < 0:
        raise ConfigError(f"keyvalue.store.{what}: want a used slot, got {slot} (see entries)")
