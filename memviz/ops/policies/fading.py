"""The slot of least use, as MANN keeps it: a sum of its uses that fades, between LRU and LFU.

    u[n] = decay u[n] + w_r[n] + w_w[n]

Source: Santoro et al. 2016 (MANN), equation 5 (see memviz/ops/least_used.py, which has several heads).
Symbols: u (N,) >= 0 | decay in [0, 1] | w_r (N,) the read weighting | w_w (N,) 1 at the slot that is written.
Edges: a slot that is filled anew forgets the use of what it held: u[n] = 1.
"""

from __future__ import annotations

from memviz.ops.kernel import kernel


@kernel
def faded(usage, decay, reading):
    """Note in usage (N,) that a step has passed and what it read; its write follows."""
    for n in range(usage.shape[0]):
        usage[n] = decay * usage[n] + reading[n]
