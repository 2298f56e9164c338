"""Which slots a step hits, fills and empties, in plain Python, for one episode: the oracle of choose.py."""

from __future__ import annotations

import numpy as np

from memviz.models.keyvalue.config import KeyValueConfig
from memviz.models.keyvalue.parameters import LEDGER
from memviz.ops.policies import MERGE, RULES, Ledger, victim
from memviz.ops.random import mix

ITEM, BORN, TOUCHED, COUNT, USAGE = range(len(LEDGER))


def note_read(config: KeyValueConfig, ledger: np.ndarray, cosines: np.ndarray, reading: np.ndarray) -> None:
    """A step passes for one episode's ledger (N, 5); every slot is used as much as it is read, the most read counts."""
    used = ledger[:, ITEM] >= 0
    if config.policy == "usage":
        ledger[:, USAGE] *= 1 - config.free * reading
    else:
        ledger[:, USAGE] = config.decay * ledger[:, USAGE] + reading
    ledger[used, BORN] -= 1
    ledger[used, TOUCHED] -= 1
    if used.any():
        top = np.where(used, cosines, -4).argmax()
        ledger[top, TOUCHED] = 0
        ledger[top, COUNT] += 1


def protected(config: KeyValueConfig, ledger: np.ndarray, t: int) -> np.ndarray:
    """1 at the slots (N,) that step t may not overwrite, else 0."""
    low = np.arange(config.N) < config.guarded
    old = (ledger[:, ITEM] >= 0) & (t + ledger[:, BORN] < config.protect)
    return (low & old & (0 < config.protect <= t)).astype(float)


def nearest_pair(pairs: np.ndarray, free: np.ndarray) -> tuple[int, int]:
    """The two slots whose keys are most alike, of those free to be merged; one alone with itself, none: (-1, -1)."""
    n = np.flatnonzero(free)
    if len(n) < 2:
        return (int(n[0]), int(n[0])) if len(n) else (-1, -1)
    above = np.where(np.triu(np.ones_like(pairs), 1) * np.outer(free, free) > 0, pairs, -4)
    first, second = np.unravel_index(above.argmax(), above.shape)
    return int(first), int(second)


def pick(
    config: KeyValueConfig, ledger: np.ndarray, pairs: np.ndarray, ahead: np.ndarray, kept: np.ndarray
) -> tuple[int, int]:
    """(slot, into) for an item that has no slot."""
    if (ledger[:, ITEM] >= 0).all() and config.policy == "merge":
        into, slot = nearest_pair(pairs, kept == 0)
        return slot, into if into != slot else -1
    hits = np.concatenate([ahead >= config.hit, np.ones((1, config.N), bool)])
    columns_of = [np.ascontiguousarray(ledger[:, i]) for i in range(len(LEDGER))]
    book = Ledger(*columns_of, hits.argmax(0).astype(float), kept)
    chance = np.uint64(mix(np.uint64(config.policy_seed), int(max(ledger[:, ITEM].max(), 0))))
    return victim(RULES.index(config.policy) % MERGE, book, chance, 0), -1  # merge: the first free slot


def place(
    config: KeyValueConfig,
    ledger: np.ndarray,
    cosines: np.ndarray,
    pairs: np.ndarray,
    ahead: np.ndarray,
    kept: np.ndarray,
) -> tuple[int, int, bool]:
    """(slot, into, whether it is a hit) for one episode's write, noted in its ledger (N, 5) and in kept (N,).

    cosines (N,) of the key written with those stored | pairs (N, N) of those stored | ahead (later steps, N) of the
    queries to come with those stored | kept (N,) above 0 where a slot is protected: 2 if it would have been taken.
    """
    used = ledger[:, ITEM] >= 0
    slot = int(np.where(used, cosines, -4).argmax())
    if config.update != "append" and used[slot] and cosines[slot] >= config.hit:
        if kept[slot]:
            kept[slot] = 2
            return -1, -1, False
        ledger[slot, TOUCHED] = 0
        ledger[slot, USAGE] = 1 if config.policy == "usage" else ledger[slot, USAGE] + 1
        return slot, -1, True
    slot, into = pick(config, ledger, pairs, ahead, kept)
    wanted = [n for n in pick(config, ledger, pairs, ahead, np.zeros_like(kept)) if n >= 0 and kept[n]]
    kept[wanted[:1]] = 2
    if into >= 0:
        old = ledger[slot]
        ledger[into, BORN] = min(ledger[into, BORN], old[BORN])
        ledger[into, TOUCHED] = max(ledger[into, TOUCHED], old[TOUCHED])
        ledger[into, [COUNT, USAGE]] += old[[COUNT, USAGE]]
    if slot >= 0:
        ledger[slot] = (ledger[:, ITEM].max() + 1, 0, 0, 0, 1)
    return slot, into, False
