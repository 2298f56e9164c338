"""The slot of least usage, the DNC's: a write takes a slot in use, and every read gives a part of it back.

    u[n] = (u[n] + w_w[n] - u[n] w_w[n]) psi[n]        psi[n] = 1 - free w_r[n]

Source: Graves et al. 2016 (DNC), Methods, "Dynamic memory allocation" (see memviz/ops/usage.py and retention.py).
Symbols: u (N,) in [0, 1] | w_w (N,) 1 at the slot that was written last, else 0 | w_r (N,) the read weighting between
that write and the next | free in [0, 1] the free gate of the one read head.

With one slot a write the equation falls apart into two: the write sets u[n] = 1, a read takes u[n] times psi[n].

Where the gate comes from: in the DNC the controller says it at every step, and learns it through the allocation, which
is a differentiable function of usage. Here a slot is given up or it is not, the choice is constant in the backward, and
nothing could teach a gate. So it is one number for all steps, a knob: how far what was read is done with.
Edges: free = 0 leaves every written slot in full use: all tie, and the one used longest ago goes. The rule gives up
first what was read most: right where an entry is asked for once, wrong where items come back.
"""

from __future__ import annotations

from memviz.ops.kernel import kernel


@kernel
def freed(usage, free, reading):
    """Take usage (N,) times the retention psi of a read weighting (N,)."""
    one = usage.dtype.type(1)
    for n in range(usage.shape[0]):
        usage[n] *= one - free * reading[n]
