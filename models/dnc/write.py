"""Room and writing: one step of one episode, forward and backward.

    retention = product over read heads of (1 - free gate * where it read last)
    usage     = (last usage + last write - both) * retention          allocation = the least used slots first
    weighting = write gate * (allocation gate * allocation + (1 - allocation gate) * content)
    memory    = memory (1 - w erase) + w add                           de-allocation: the first term times retention

Source: Graves et al. 2016 (DNC), Methods, "Dynamic memory allocation" and "Write weighting"; each line is an op.
"""

from __future__ import annotations

from memviz.models.dnc.content import content, content_vjp
from memviz.ops.allocation import allocation, allocation_vjp
from memviz.ops.content import inverse_norms
from memviz.ops.copy import copy
from memviz.ops.deallocate import deallocate, deallocate_vjp
from memviz.ops.edit import edit
from memviz.ops.erase_add import erase_add, erase_add_vjp
from memviz.ops.kernel import part
from memviz.ops.retention import retention, retention_vjp
from memviz.ops.usage import usage, usage_vjp
from memviz.ops.write_gates import write_gates, write_gates_vjp


@part
def find_room(options, tape, edits, t, c):
    """Write retention, usage and allocation."""
    R = tape.read_weighting.shape[2]
    kept, used = tape.retention[t, c], tape.usage[t + 1, c]
    retention(tape.gate[t, c, :R], tape.read_weighting[t, c], kept)
    if edits is not None:
        edit(kept, edits.retention[t])
    usage(tape.usage[t, c], tape.write_weighting[t, c], kept, used)
    if edits is not None:
        edit(used, edits.usage[t])
    allocation(used, options.usage_epsilon, tape.order[t, c], tape.before[t, c], tape.allocation[t, c])
    if edits is not None:
        edit(tape.allocation[t, c], edits.allocation[t])


@part
def find_room_vjp(options, tape, d, work, t, c):
    """From the gradients of allocation and of this usage to those of the last usage, weightings and free gates."""
    R, two, now = tape.read_weighting.shape[2], d.usage.shape[0], t % d.vector.shape[0]
    dused, dlast, dkept = d.usage[(t + 1) % two, c], d.usage[t % two, c], d.retention[now, c]
    order, before = tape.order[t, c], tape.before[t, c]
    allocation_vjp(tape.usage[t + 1, c], options.usage_epsilon, order, before, d.allocation[now, c], dused)
    dlast[:] = 0
    dwrite = d.write_weighting[t % two, c]
    dwrite[:] = 0
    if not options.full:
        dwrite = work.room[0]  # nobody looks there
        dwrite[:] = 0
    last, written, kept = tape.usage[t, c], tape.write_weighting[t, c], tape.retention[t, c]
    usage_vjp(last, written, kept, dused, dlast, dwrite, dkept)
    free, dfree, dread = tape.gate[t, c, :R], d.gate[now, c, :R], d.read_weighting[t % two, c]
    dfree[:] = 0
    retention_vjp(free, tape.read_weighting[t, c], dkept, dfree, dread, work.room[: R + 1])


@part
def write(options, tape, edits, t, c):
    """Write where the head writes, and the memory after the step."""
    R = tape.read_weighting.shape[2]
    content(options, tape, t, t, c, R, R + 1)
    found = tape.content[t, c, R]
    if edits is not None:
        edit(found, edits.content[t, R * found.shape[0] :])
    weighting, gates = tape.write_weighting[t + 1, c], tape.gate[t, c]
    write_gates(tape.allocation[t, c], found, gates[R], gates[R + 1], weighting)
    if edits is not None:
        edit(weighting, edits.write_weighting[t])
    memory, after, erase, add = tape.memory[t, c], tape.memory[t + 1, c], tape.erase[t, c], tape.vector[t, c, R + 1]
    if options.deallocate:
        deallocate(memory, weighting, erase, add, tape.retention[t, c], after)
    else:
        erase_add(memory, weighting, erase, add, after)
    if edits is not None:
        edit(after.reshape(-1), edits.memory[t])
    inverse_norms(after, options.cosine_epsilon, tape.inverse[t + 1, c])


@part
def write_vjp(options, tape, d, work, t, c):
    """Turn the gradient of the memory after the step into that of the memory before; write those of what was told."""
    R, two, now, last = tape.read_weighting.shape[2], d.usage.shape[0], t % d.vector.shape[0], d.memory.shape[0]
    dafter, dmemory = d.memory[(t + 1) % last, c], d.memory[t % last, c]
    if last > 1:
        copy(dafter.reshape(-1), dmemory.reshape(-1))
    dw, derase, dadd, dkept = d.write_weighting[(t + 1) % two, c], d.erase[now, c], d.vector[now, c, R + 1], d.retention
    derase[:] = 0
    dadd[:] = 0
    dkept[now, c][:] = 0
    memory, w, erase, add = (
        tape.memory[t, c],
        tape.write_weighting[t + 1, c],
        tape.erase[t, c],
        tape.vector[t, c, R + 1],
    )
    if options.deallocate:
        deallocate_vjp(memory, w, erase, add, tape.retention[t, c], dmemory, dw, derase, dadd, dkept[now, c])
    else:
        erase_add_vjp(memory, w, erase, add, dmemory, dw, derase, dadd)
    dallocation, dfound, dgates = d.allocation[now, c], d.content[now, c, R], d.gate[now, c]
    dallocation[:] = 0
    dfound[:] = 0
    room, found, gates = tape.allocation[t, c], tape.content[t, c, R], tape.gate[t, c]
    dgates[R], dgates[R + 1] = write_gates_vjp(room, found, gates[R], gates[R + 1], dw, dallocation, dfound)
    content_vjp(options, tape, d, work.room, t, t, c, R, R + 1)
