"""The steps of the network for a chunk of episodes, and the same steps backwards.

seen = [x, and past inputs | 1 | h | r]      h and r of the step before, where the encoder sees them
h    = encoder(seen)                         one matrix product for the whole chunk, then each episode's cell
sums = [h | 1] heads                         likewise
the rest: heads, read, write                 each episode by itself

An encoder that sees inputs alone takes all steps at once, before the memory has seen any of them.
"""

from __future__ import annotations

from memviz.models.keyvalue.edits import edit_heads, edit_store, edit_writing
from memviz.models.keyvalue.heads import heads, heads_vjp
from memviz.models.keyvalue.slots import blend, read_slots, read_slots_vjp, write_slot, write_slot_vjp
from memviz.ops.copy import copy
from memviz.ops.edit import edit
from memviz.ops.kernel import part
from memviz.ops.matmul import matmul, matmul_add
from memviz.ops.units import units, units_vjp


@part
def encode(options, params, tape, edits, first, end):
    """Write h and what it says to the memory, for the steps first..end-1."""
    hidden, C = params.heads.shape[0] - 1, tape.seen.shape[1]
    rows = (end - first) * C
    seen = tape.seen[first:end].reshape(rows, tape.seen.shape[2])
    gates = tape.gates[first:end].reshape(rows, tape.gates.shape[2])
    said = tape.said[first:end].reshape(rows, tape.said.shape[2])
    matmul(seen, params.controller, gates)
    cell, squashed = tape.cell[first + 1], tape.squashed[first]  # an LSTM's steps come one by one
    units(options.lstm, hidden, 0, gates, tape.cell[first], cell, squashed, said, edits, first)
    matmul(said[:, : hidden + 1], params.heads, tape.sums[first:end].reshape(rows, tape.sums.shape[2]))
    for t in range(first, end):
        for c in range(C):
            heads(options, tape.sums[t, c], tape, t, c)
            if edits is not None:
                edit_heads(tape, edits, t, c)


@part
def encode_vjp(options, work, tape, d, first, end):
    """From d.query .. d.gate and d.said of the steps first..end-1 to d.gates, and to d.tail."""
    hidden, C = work.heads.shape[1] - 1, tape.seen.shape[1]
    rows = (end - first) * C
    for t in range(first, end):
        for c in range(C):
            heads_vjp(options, tape.sums[t, c], tape, d, t, c, d.sums[t, c])
    dsaid = d.said[first:end].reshape(rows, d.said.shape[2])
    matmul_add(d.sums[first:end].reshape(rows, d.sums.shape[2]), work.heads, dsaid[:, : hidden + 1])
    gates = tape.gates[first:end].reshape(rows, tape.gates.shape[2])
    dgates = d.gates[first:end].reshape(rows, d.gates.shape[2])
    said = tape.said[first:end].reshape(rows, tape.said.shape[2])
    before, squashed, dcell, dbefore = tape.cell[first], tape.squashed[first], d.cell[first + 1], d.cell[first]
    units_vjp(options.lstm, hidden, 0, gates, before, squashed, said, dsaid, dcell, dgates, dbefore)
    matmul(dgates, work.controller, d.tail[first:end].reshape(rows, d.tail.shape[2]))


@part
def remember(options, tape, edits, t):
    """Read and write of step t, and what the next step sees of it."""
    hidden = tape.said.shape[2] - 1 - tape.key.shape[2]
    last, h = tape.seen.shape[2], hidden if options.lstm else 0
    after, before = (t + 1) % tape.keys.shape[0], t % tape.keys.shape[0]
    for c in range(tape.seen.shape[1]):
        if after != before:
            copy(tape.keys[before, c].reshape(-1), tape.keys[after, c].reshape(-1))
            copy(tape.values[before, c].reshape(-1), tape.values[after, c].reshape(-1))
            copy(tape.inverse[before, c], tape.inverse[after, c])
            copy(tape.ledger[before, c].reshape(-1), tape.ledger[after, c].reshape(-1))
        read_slots(options, tape, t, c, after)
        r = tape.said[t, c, hidden + 1 :]
        if edits is not None:
            edit(tape.reading[t, c], edits.reading[t, 0])
        blend(tape.values[after, c], tape.reading[t, c], r)
        if edits is not None:
            edit(r, edits.read_vector[t, 0])
            edit(tape.protected[t, c], edits.protected[t])
        write_slot(options, tape, t, c, after)
        if edits is not None:
            edit_writing(options, tape, edits, t, c)
            edit_store(options, tape, edits, t, c)
        width = tape.key.shape[2] if options.feedback else 0
        copy(tape.said[t, c, :h], tape.seen[t + 1, c, last - width - h : last - width])
        copy(r[:width], tape.seen[t + 1, c, last - width :])


@part
def remember_vjp(options, tape, d, t):
    """From the gradients of the store after step t and of what was said, to those of the store before and of heads."""
    hidden = tape.said.shape[2] - 1 - tape.key.shape[2]
    h, last = hidden if options.lstm else 0, d.tail.shape[2]
    before, after = t % tape.keys.shape[0], (t + 1) % tape.keys.shape[0]
    for c in range(tape.seen.shape[1]):
        if after != before:
            copy(d.keys[after, c].reshape(-1), d.keys[before, c].reshape(-1))
            copy(d.values[after, c].reshape(-1), d.values[before, c].reshape(-1))
        for j in range(h):
            d.said[t, c, j] += d.tail[t + 1, c, j]
        for j in range(h, last):
            d.said[t, c, hidden + 1 + j - h] += d.tail[t + 1, c, j]
        write_slot_vjp(options, tape, d, t, c, before)
        read_slots_vjp(options, tape, d, t, c, before, d.said[t, c, hidden + 1 :])
