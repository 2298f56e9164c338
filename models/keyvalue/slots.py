"""The memory unit: one step of one episode reads the nearest keys, and then writes one slot; and the same backwards.

    read vector = sum over slots of reading value     reading = softmax over the nearest of strength cos(query, key)
    slot        = the hit, or else a free slot, or else the one that the policy gives up
    value[slot] = kept value[slot] + (1 - kept) gate value          kept: 0, or 1 - rate in an average
    key[slot]   = kept key[slot] + (1 - kept) key                   kept: 0, or 1 in an average

Source: Pritzel et al. 2017 (NEC), the differentiable neural dictionary (a blend of the nearest values; append, or an
average of values under a key that is kept); Kaiser et al. 2017, section 2 (hit or miss by the nearest key, and a miss
takes the oldest slot). Which slots these are (choose.py) is constant in the backward.
"""

from __future__ import annotations

from memviz.models.keyvalue.choose import guard, later, take_slot, weigh
from memviz.ops.content import inverse_norm
from memviz.ops.copy import copy
from memviz.ops.kernel import kernel, part
from memviz.ops.lookup import lookup_vjp, similarities
from memviz.ops.policies import Ledger, read_from, usage_after_read
from memviz.ops.policies.merge import halve_into, halve_into_vjp


@kernel
def blend(values, reading, out):
    """Write the value read; the rows lie slot by slot."""
    for i in range(out.shape[0]):
        out[i] = 0
    for n in range(values.shape[0]):
        w = reading[n]
        if w != 0:
            for i in range(out.shape[0]):
                out[i] += w * values[n, i]


@kernel
def put(row, kept, scale, new):
    """row = kept row + (1 - kept) scale new."""
    share = (row.dtype.type(1) - kept) * scale
    for i in range(row.shape[0]):
        row[i] = kept * row[i] + share * new[i]


@kernel
def put_vjp(kept, scale, new, drow, dnew):
    """Turn drow into the gradient of the row before, add into dnew; return dL/dscale."""
    rest, dscale = drow.dtype.type(1) - kept, drow.dtype.type(0)
    for i in range(drow.shape[0]):
        dscale += rest * drow[i] * new[i]
        dnew[i] += rest * scale * drow[i]
        drow[i] *= kept
    return dscale


@part
def read_slots(options, tape, t, c, after):
    """Write how similar the keys are, and where the step reads; note what is read, and the slot read most."""
    keys, inverse, ledger = tape.keys[after, c], tape.inverse[after, c], tape.ledger[after, c]
    book = Ledger(ledger[0], ledger[1], ledger[2], ledger[3], ledger[4], tape.room[1], tape.protected[t, c])
    later(book)
    similarities(keys, inverse, tape.query[t, c], options.cosine_epsilon, tape.similarity[t, c])
    strength, reading = tape.strength[t, c], tape.reading[t, c]
    top = weigh(tape.similarity[t, c], book.item, options.nearest, options.hard, strength, reading)
    decay, free = ledger.dtype.type(options.decay), ledger.dtype.type(options.free)
    usage_after_read(options.policy, book.usage, decay, free, reading)
    if top >= 0:
        read_from(book, top, 0, 0)
    guard(options.protect, options.guarded, book, t)


@part
def write_slot(options, tape, t, c, after):
    """Write the slot that is chosen, if one is, and keep its old rows."""
    take_slot(options, tape, t, c, after)
    keys, values, inverse = tape.keys[after, c], tape.values[after, c], tape.inverse[after, c]
    slot, into, epsilon = int(tape.slot[t, c]), int(tape.into[t, c]), options.cosine_epsilon
    if slot >= 0:
        copy(keys[slot], tape.old_keys[t, c, 0])
        copy(values[slot], tape.old_values[t, c, 0])
        if into >= 0:
            copy(keys[into], tape.old_keys[t, c, 1])
            copy(values[into], tape.old_values[t, c, 1])
            halve_into(keys, into, slot)
            halve_into(values, into, slot)
            inverse[into] = inverse_norm(keys[into], epsilon)
        put(keys[slot], tape.kept_key[t, c], keys.dtype.type(1), tape.key[t, c])
        put(values[slot], tape.kept_value[t, c], tape.gate[t, c], tape.value[t, c])
        inverse[slot] = inverse_norm(keys[slot], epsilon)


@part
def write_slot_vjp(options, tape, d, t, c, before):
    """From the gradients of the store after the write to those before; and roll a store kept once back."""
    slot, into = int(tape.slot[t, c]), int(tape.into[t, c])
    d.key[t, c][:] = 0
    d.value[t, c][:] = 0
    d.gate[t, c] = 0
    if slot >= 0:
        one, dkeys, dvalues = tape.key.dtype.type(1), d.keys[before, c], d.values[before, c]
        put_vjp(tape.kept_key[t, c], one, tape.key[t, c], dkeys[slot], d.key[t, c])
        gate, kept = tape.gate[t, c], tape.kept_value[t, c]
        d.gate[t, c] = put_vjp(kept, gate, tape.value[t, c], dvalues[slot], d.value[t, c])
        if into >= 0:
            halve_into_vjp(dkeys, into, slot)
            halve_into_vjp(dvalues, into, slot)
        if tape.keys.shape[0] == 1:
            for which, n in enumerate((slot, into)):
                if n >= 0:
                    copy(tape.old_keys[t, c, which], tape.keys[0, c, n])
                    copy(tape.old_values[t, c, which], tape.values[0, c, n])
                    tape.inverse[0, c, n] = inverse_norm(tape.keys[0, c, n], options.cosine_epsilon)


@part
def read_slots_vjp(options, tape, d, t, c, before, dr):
    """From the gradient of the value read: add into those of values and keys, write those of query and strength."""
    keys, values, dvalues = tape.keys[before, c], tape.values[before, c], d.values[before, c]
    reading, dreading = tape.reading[t, c], d.reading[t, c]
    for n in range(reading.shape[0]):  # out[i] = sum_n reading[n] values[n, i]
        total = reading.dtype.type(0)
        for i in range(dr.shape[0]):
            total += dr[i] * values[n, i]
        dreading[n] = total
        if reading[n] != 0:
            for i in range(dr.shape[0]):
                dvalues[n, i] += reading[n] * dr[i]
    d.query[t, c][:] = 0
    d.strength[t, c] = 0
    if not options.hard:
        saved = keys, tape.inverse[before, c], tape.query[t, c], tape.strength[t, c], options.cosine_epsilon
        given = tape.similarity[t, c], reading, dreading, d.keys[before, c], d.query[t, c]
        d.strength[t, c] = lookup_vjp(*saved, *given)
