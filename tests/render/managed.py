"""A made-up episode of a memory that manages its slots: usage, allocation, links, modes, ages, and evictions.

Fewer slots than items, so that the oldest must go; each item's key comes back later as a query, found or missed. The
weightings are one-hot and the links follow the equations of Graves et al. 2016, so that the pictures are honest.
"""

from __future__ import annotations

import numpy as np

from memviz.contracts.events import Event
from memviz.contracts.signal import Signal
from memviz.contracts.trace import Trace

SLOTS, READ = ("t", "write", "slot"), ("t", "read", "slot")
SIGNALS = {
    "keys": Signal("memory", ("t", "slot", "word"), "the words that are searched"),
    "usage": Signal("usage", ("t", "slot"), "how much of the slot is in use"),
    "retention": Signal("gate", ("t", "slot"), "share of the slot that the free gates leave in use"),
    "age": Signal("score", ("t", "slot"), "steps since the slot was last found or written"),
    "reads": Signal("score", ("t", "slot"), "how often the slot was found"),
    "free_gate": Signal("gate", ("t", "read"), "1: what was read is no longer needed"),
    "link": Signal("link", ("t", "slot", "slot"), "how surely the row's slot was written right after the column's"),
    "allocation_gate": Signal("gate", ("t", "write"), "1: write where there is room"),
    "write_gate": Signal("gate", ("t", "write"), "0: do not write at all"),
    "allocation": Signal("weighting", SLOTS, "where there is room"),
    "write_content": Signal("weighting", SLOTS, "where the content is"),
    "write_weighting": Signal("weighting", SLOTS, "where the head writes"),
    "query": Signal("vector", ("t", "read", "word"), "the word looked for"),
    "read_mode": Signal("distribution", ("t", "read", "mode"), "backward, by content, forward"),
    "backward": Signal("weighting", READ, "what was written before"),
    "read_content": Signal("weighting", READ, "where the content is"),
    "forward": Signal("weighting", READ, "what was written after"),
    "read_weighting": Signal("weighting", READ, "where the head reads"),
}


def managed_trace(steps: int = 24, slots: int = 6, width: int = 7, items: int = 9, seed: int = 5) -> Trace:
    """Every step an item is asked for: found where a slot holds it, else missed and written over the oldest."""
    rng = np.random.default_rng(seed)
    sizes = {"t": steps, "slot": slots, "word": width, "read": 1, "write": 1, "mode": 3}
    arrays = {name: np.zeros([sizes[dim] for dim in signal.dims], np.float32) for name, signal in SIGNALS.items()}
    words = rng.normal(size=(items, width))
    held, events = np.full(slots, -1), []
    for t in range(steps):
        _carry(arrays, t)
        item = int(rng.integers(items))
        found = np.flatnonzero(held == item)
        slot = int(found[0]) if len(found) else int(arrays["age"][t].argmax())
        events += _step(arrays, t, slot, item, held, hit=len(found) > 0)
        held[slot] = item
        arrays["keys"][t, slot] = words[item]
        arrays["query"][t, 0] = words[item] + rng.normal(0, 0.15, width)
    meta = {"title": "A memory that manages its slots", "phases": ["ask"] * steps}
    return Trace(SIGNALS, arrays, tuple(events), None, meta)


def _carry(arrays, t) -> None:
    """What stays from the step before; an empty slot is older than any other."""
    arrays["retention"][t] = 1
    if t == 0:
        arrays["age"][0] = 100 - np.arange(arrays["age"].shape[1])
        return
    for name in ("keys", "usage", "age", "reads", "link"):
        arrays[name][t] = arrays[name][t - 1]
    arrays["age"][t] += 1


def _step(arrays, t, slot, item, held, hit) -> list[Event]:
    one = np.eye(len(held), dtype=np.float32)[slot]
    content = 0.9 * one + 0.1 / len(held)
    arrays["age"][t, slot] = 0
    arrays["read_content"][t, 0], arrays["read_weighting"][t, 0] = content, one
    arrays["read_mode"][t, 0] = (0.1, 0.8, 0.1) if hit else (0.05, 0.15, 0.8)
    arrays["free_gate"][t, 0] = 0.0 if hit else 0.9
    if hit:
        arrays["reads"][t, slot] += 1
        return [Event(t, "hit", slot=slot, head="read.0", item=item)]
    last = arrays["write_weighting"][t - 1, 0] if t else np.zeros_like(one)
    arrays["write_weighting"][t, 0] = arrays["allocation"][t, 0] = one
    arrays["write_content"][t, 0] = 1 / len(held)
    arrays["allocation_gate"][t], arrays["write_gate"][t] = 0.95, 1.0
    arrays["usage"][t, slot], arrays["retention"][t, slot], arrays["reads"][t, slot] = 1, 0.1, 0
    link = arrays["link"][t]
    link *= 1 - one[:, None] - one[None, :]
    link += one[:, None] * last[None, :]
    np.fill_diagonal(link, 0)
    link.clip(0, 1, out=link)
    arrays["forward"][t, 0], arrays["backward"][t, 0] = link @ last, link.T @ last
    gone = [Event(t, "evict", slot=slot, item=int(held[slot]), text="oldest")] if held[slot] >= 0 else []
    return [Event(t, "miss", item=item), *gone, Event(t, "write", slot=slot, head="write.0", item=item)]
