"""What happened to the slots, step by step, in words: reads, hits, misses, evictions, merges, refusals, writes."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from memviz.contracts.events import Event
from memviz.contracts.model import Arrays
from memviz.models.keyvalue.choose import WANTED
from memviz.models.keyvalue.config import KeyValueConfig

WHY = {
    "fifo": "first in, first out",
    "lru": "least recently used",
    "lfu": "least frequently read",
    "random": "a random one",
    "oldest": "the oldest, give or take",
    "fading": "least used of late",
    "usage": "least usage",
    "belady": "asked for farthest in the future",
    "merge": "one slot has no other to merge with",
}


def events(config: KeyValueConfig, arrays: Arrays) -> list[Event]:
    """The events of an episode, from its recorded signals."""
    told = [event for t in range(len(arrays["item"])) for event in (*_read(arrays, t), *_write(config, arrays, t))]
    missed = [miss for event in told if event.name == "evict" for miss in _missed(config, arrays, event)]
    return sorted([*told, *missed], key=lambda event: event.t)


def _before(arrays: Arrays, name: str, t: int) -> np.ndarray:
    return arrays[name][t - 1] if t else arrays[f"{name}_start"]


def _read(arrays: Arrays, t: int) -> Iterator[Event]:
    weights, item = arrays["read_weighting"][t, 0], _before(arrays, "item", t)
    slot = int(weights.argmax())
    if weights[slot] > 0:
        text = f"weighting {weights[slot]:.3g}"
        yield Event(t, "read", slot=slot, head="read.0", item=_item(item[slot]), text=text)


def _write(config: KeyValueConfig, arrays: Arrays, t: int) -> Iterator[Event]:
    weights = arrays["write_weighting"][t, 0]
    slot, safe = int(weights.argmax()), _protected(arrays, t)
    if weights[slot] <= 0:
        if safe is not None:
            item = _item(_before(arrays, "item", t)[safe])
            yield Event(t, "refuse", safe, "write.0", item, f"refused: slot {safe} is protected, nothing was written")
        return
    before, after = _before(arrays, "item", t), arrays["item"][t]
    old, new = _item(before[slot]), _item(after[slot])
    if old is not None and old == new:
        done = {"average": "value blended in", "replace": "key and value replaced"}.get(config.update, "edited")
        yield Event(t, "hit", slot=slot, head="write.0", item=new, text=f"item {new} has this key: {done}")
    else:
        if config.update != "append":
            yield Event(t, "miss", head="write.0", item=new, text=f"no stored key has cosine {config.hit:g} or more")
        if old is not None:
            yield _given_up(config, arrays, t, slot, old, "" if safe is None else f"; slot {safe} is protected")
    yield Event(t, "write", slot=slot, head="write.0", item=new, text=f"item {new} into slot {slot}")


def _protected(arrays: Arrays, t: int) -> int | None:
    """The slot that the step would have taken but for its protection."""
    wanted = np.flatnonzero(arrays["protected"][t] == WANTED) if "protected" in arrays else ()
    return int(wanted[0]) if len(wanted) else None


def _given_up(config: KeyValueConfig, arrays: Arrays, t: int, slot: int, old: int, but: str) -> Event:
    changed = (arrays["memory_keys"][t] != _before(arrays, "memory_keys", t)).any(1)
    changed |= (arrays["memory"][t] != _before(arrays, "memory", t)).any(1)
    changed[slot] = False
    if config.policy == "merge" and config.N > 1:
        into = int(changed.argmax()) if changed.any() else None
        where = "its double" if into is None else f"slot {into}, the nearest pair of keys"
        return Event(t, "merge", slot=into, item=old, text=f"item {old} of slot {slot} merged into {where}{but}")
    why = WHY[config.policy]
    return Event(t, "evict", slot=slot, item=old, text=f"evicted slot {slot} holding item {old}: {why}{but}")


def _missed(config: KeyValueConfig, arrays: Arrays, gone: Event) -> Iterator[Event]:
    """A "miss" at the first later step whose query would have hit what was evicted."""
    key = _before(arrays, "memory_keys", gone.t)[gone.slot]
    for t in range(gone.t + 1, len(arrays["read_key"])):
        query = arrays["read_key"][t, 0]
        if query @ key >= config.hit * np.linalg.norm(query) * np.linalg.norm(key) > 0:
            text = f"item {gone.item} was asked for; slot {gone.slot} gave it up at t = {gone.t}"
            yield Event(t, "miss", head="read.0", item=gone.item, text=text)
            return


def _item(value: float) -> int | None:
    return int(value) if value >= 0 else None
