"""One time step of the network for a chunk of episodes, and the same step backwards.

row        = [h | 1 | r | x]                 h and r of the step before, x of this one
h          = controller(row)                 one matrix product for the whole chunk, then each episode's cell
sums       = [h | 1] heads                   likewise
the rest   = heads, write, address, read     each episode by itself
"""

from __future__ import annotations

from memviz.models.mann.access import address, memory_vjp, read_words, write
from memviz.models.mann.heads import heads, heads_vjp
from memviz.ops.controller import controller, controller_vjp
from memviz.ops.edit import edit
from memviz.ops.kernel import part
from memviz.ops.matmul import matmul, matmul_add


@part
def edit_heads(tape, edits, t, c):
    """What-if for all that the controller says to the heads."""
    edit(tape.key[t, c].reshape(-1), edits.key[t].reshape(-1))
    edit(tape.add[t, c].reshape(-1), edits.add[t].reshape(-1))
    edit(tape.gate[t, c], edits.gate[t])
    edit(tape.strength[t, c], edits.strength[t])


@part
def step(options, params, tape, edits, t):
    """From row t and memory t to row t + 1 and memory t + 1."""
    controller(options.lstm, 0, params.controller, tape, edits, t)
    told = params.heads.shape[0]  # [h | 1] ends here, the words read begin
    matmul(tape.rows[t + 1][:, :told], params.heads, tape.sums[t])
    for c in range(tape.rows.shape[1]):
        heads(options, tape.sums[t, c], tape, t, c)
        if edits is not None:
            edit_heads(tape, edits, t, c)
        write(options, tape, edits, t, c)
        address(options, tape, edits, t, c)
        words = tape.key.shape[3] * tape.key.shape[2]
        read_words(options, tape, edits, t, c, tape.rows[t + 1, c, told : told + words])


@part
def step_vjp(options, work, tape, d, t):
    """From the gradients of row, memory, cell and reading t + 1 to those of t."""
    told = work.heads.shape[1]
    for c in range(tape.rows.shape[1]):
        memory_vjp(options, tape, d, work.room, t, c, d.rows[t + 1, c, told:])
        heads_vjp(options, tape.sums[t, c], tape, d, t, c, d.sums[t, c])
    matmul_add(d.sums[t], work.heads, d.rows[t + 1][:, :told])
    controller_vjp(options.lstm, 0, work.controller, tape, d, t)
