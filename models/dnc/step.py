"""One time step of the DNC for a chunk of episodes, and the same step backwards.

row        = [h | 1 | r | x]                 h and r of the step before, x of this one
h          = controller(row)                 one matrix product for the whole chunk, then each episode's cell
sums       = [h | 1] heads                   likewise
the rest   = heads, room, write, links, read each episode by itself
"""

from __future__ import annotations

from memviz.models.dnc.heads import heads, heads_vjp
from memviz.models.dnc.read import read_words, read_words_vjp, walk, walk_vjp
from memviz.models.dnc.write import find_room, find_room_vjp, write, write_vjp
from memviz.ops.controller import controller, controller_vjp
from memviz.ops.edit import edit
from memviz.ops.kernel import kernel, part
from memviz.ops.matmul import matmul, matmul_add


@kernel
def deeper(has_cell, weights, tape, edits, t):
    """The layers above the first: a kernel of its own, since most have one layer and the step is long enough."""
    for layer in range(weights.shape[0]):
        controller(has_cell, layer + 1, weights[layer], tape, edits, t)


@kernel
def deeper_vjp(has_cell, turned, tape, d, t):
    """Back through the layers above the first."""
    for layer in range(turned.shape[0] - 1, -1, -1):
        controller_vjp(has_cell, layer + 1, turned[layer], tape, d, t)


@part
def edit_heads(options, tape, edits, t, c):
    """What-if for all that the controller says to the memory."""
    edit(tape.vector[t, c].reshape(-1), edits.vector[t])
    edit(tape.erase[t, c], edits.erase[t])
    edit(tape.strength[t, c], edits.strength[t])
    edit(tape.gate[t, c], edits.gate[t])
    edit(tape.mask[t, c].reshape(-1), edits.mask[t])
    if options.links:
        edit(tape.mode[t, c].reshape(-1), edits.mode[t])
    if options.sharpen:
        edit(tape.sharpness[t, c].reshape(-1), edits.sharpness[t])


@kernel
def step(options, params, tape, work, edits, t, j):
    """From row t and memory t to row t + 1 and memory t + 1; j steps into the segment of the links."""
    controller(options.lstm, 0, params.controller, tape, edits, t)
    if params.deeper.shape[0] > 0:
        deeper(options.lstm, params.deeper, tape, edits, t)
    told = params.heads.shape[0]  # [h | 1] ends here, the words read begin
    matmul(tape.rows[t + 1][:, :told], params.heads, tape.sums[t])
    for c in range(tape.rows.shape[1]):
        heads(options, tape.sums[t, c], tape, t, c)
        if edits is not None:
            edit_heads(options, tape, edits, t, c)
        find_room(options, tape, edits, t, c)
        write(options, tape, edits, t, c)
        if options.links:
            walk(options, tape, work, edits, t, j, c)
        words = tape.erase.shape[2] * tape.read_weighting.shape[2]
        read_words(options, tape, edits, t, c, tape.rows[t + 1, c, told : told + words])


@kernel
def step_vjp(options, work, tape, d, t, j):
    """From the gradients of row, memory, cell, usage, links and weightings t + 1 to those of t."""
    told = work.heads.shape[1]
    for c in range(tape.rows.shape[1]):
        d.read_weighting[t % d.usage.shape[0], c][:, :] = 0
        read_words_vjp(options, tape, d, work.room, t, c, d.rows[t + 1, c, told:])
        if options.links:
            walk_vjp(options, tape, d, work, t, j, c)
        write_vjp(options, tape, d, work, t, c)
        find_room_vjp(options, tape, d, work, t, c)
        heads_vjp(options, tape.sums[t, c], tape, d, t, c, d.sums[t, c])
    matmul_add(d.sums[t], work.heads, d.rows[t + 1][:, :told])
    if work.deeper.shape[0] > 0:
        deeper_vjp(options.lstm, work.deeper, tape, d, t)
    controller_vjp(options.lstm, 0, work.controller, tape, d, t)
