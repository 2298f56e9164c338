"""What-if: replace any number that forward computes by one of your own, step by step; NaN leaves it alone.

A number put into a free slot makes it used; an item below 0 frees a slot. `protected` above 0 keeps the step off a
slot; a hand may write there all the same. A write weighting w of one's own blends: the slot keeps 1 - w of its key and
value, and takes w of what the step offers.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from memviz.contracts.model import Array
from memviz.models.keyvalue.config import KeyValueConfig, signals
from memviz.ops.content import inverse_norm
from memviz.ops.edit import checked, edit
from memviz.ops.kernel import kernel, part
from memviz.ops.policies import FREE


class Edits(NamedTuple):
    """One array per signal, (T, ...) with NaN where nothing is edited; named as the signals are, but for these."""

    read_key: Array
    write_key: Array
    add: Array
    read_strength: Array
    write_gate: Array
    reading: Array  # read_weighting
    read_vector: Array
    writing: Array  # write_weighting
    hidden: Array
    cell: Array
    memory: Array
    memory_keys: Array
    item: Array
    age: Array
    count: Array
    usage: Array
    protected: Array


@part
def edit_heads(tape, edits, t, c):
    """What-if for all that the encoder says."""
    edit(tape.query[t, c], edits.read_key[t, 0])
    edit(tape.key[t, c], edits.write_key[t, 0])
    edit(tape.value[t, c], edits.add[t, 0])
    edit(tape.strength[t, c : c + 1], edits.read_strength[t])
    edit(tape.gate[t, c : c + 1], edits.write_gate[t])


@kernel
def occupy(item, n):
    """Make a free slot a used one."""
    if item[n] < 0:
        last = item[0]
        for i in range(item.shape[0]):
            last = max(last, item[i])
        item[n] = last + 1


@part
def edit_writing(options, tape, edits, t, c):
    """What-if for where the step writes: undo its own write where another weighting is wanted, and do that one."""
    after = (t + 1) % tape.keys.shape[0]
    keys, values, ledger = tape.keys[after, c], tape.values[after, c], tape.ledger[after, c]
    for n in range(keys.shape[0]):
        w = edits.writing[t, 0, n]
        if not math.isnan(w):
            mine = n == int(tape.slot[t, c])
            for i in range(keys.shape[1]):
                old_key = tape.old_keys[t, c, 0, i] if mine else keys[n, i]
                old_value = tape.old_values[t, c, 0, i] if mine else values[n, i]
                keys[n, i] = old_key + w * (tape.key[t, c, i] - old_key)
                values[n, i] = old_value + w * (tape.gate[t, c] * tape.value[t, c, i] - old_value)
            tape.inverse[after, c, n] = inverse_norm(keys[n], options.cosine_epsilon)
            if w != 0:
                occupy(ledger[0], n)


@part
def edit_store(options, tape, edits, t, c):
    """What-if for the store after the step."""
    after = (t + 1) % tape.keys.shape[0]
    keys, values, ledger = tape.keys[after, c], tape.values[after, c], tape.ledger[after, c]
    edit(values.reshape(-1), edits.memory[t].reshape(-1))
    edit(keys.reshape(-1), edits.memory_keys[t].reshape(-1))
    for n in range(keys.shape[0]):
        touched = False
        for i in range(keys.shape[1]):
            touched = touched or not math.isnan(edits.memory[t, n, i]) or not math.isnan(edits.memory_keys[t, n, i])
        if touched:
            occupy(ledger[0], n)
            tape.inverse[after, c, n] = inverse_norm(keys[n], options.cosine_epsilon)
        if not math.isnan(edits.age[t, n]):
            ledger[2, n] = -edits.age[t, n]
    edit(ledger[3], edits.count[t])
    edit(ledger[4], edits.usage[t])
    edit(ledger[0], edits.item[t])
    for n in range(keys.shape[0]):
        if ledger[0, n] < 0:
            ledger[0, n] = FREE


def edits_of(config: KeyValueConfig, given: Mapping[str, Array], T: int, dtype: type) -> Edits:
    """Edits of a trace's signals, arranged for the kernels. Raises ConfigError on a wrong name or shape."""
    sizes = {"t": T, "read": 1, "write": 1, "slot": config.N, "word": config.W, "hidden": config.hidden}
    arrays = checked("keyvalue", signals(config), sizes, given, dtype)
    absent = {name: np.full((T, 1), np.nan, dtype) for name in ("read_strength", "write_gate")}
    absent |= {name: np.full((T, config.N), np.nan, dtype) for name in ("usage", "protected")}
    absent["cell"] = np.full((T, 0), np.nan, dtype)
    names = {"reading": "read_weighting", "writing": "write_weighting"}
    return Edits(*((absent | arrays)[names.get(field, field)] for field in Edits._fields))


def edit_state(config: KeyValueConfig, state: Mapping[str, Array], given: Mapping[str, Array]) -> dict[str, Array]:
    """The state before step 0 with its edits."""
    memory, W = state["memory"].copy(), config.W
    parts = {"memory_start": memory[:, :W], "memory_keys_start": memory[:, W : 2 * W]}
    for name, part_of in parts.items():
        if name in given:
            wanted = ~np.isnan(given[name])
            part_of[wanted] = given[name][wanted]
            for n in np.flatnonzero(wanted.any(1) & (memory[:, 2 * W] < 0)):
                memory[n, 2 * W] = memory[:, 2 * W].max() + 1
    if "item_start" in given:
        wanted = ~np.isnan(given["item_start"])
        memory[wanted, 2 * W] = given["item_start"][wanted]
    return {**state, "memory": memory}
