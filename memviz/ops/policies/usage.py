"""The slot of least usage, a sum of its uses that fades, as MANN keeps it: between LRU and LFU.

Source: after Santoro et al. 2016 (MANN), equation 5: u_t = gamma u_{t-1} + w_r + w_w, with one slot used at a time.
"""

from __future__ import annotations

from memviz.ops.kernel import kernel


@kernel
def least_usage(usage):
    """argmin of usage (N,)."""
    n = 0
    for i in range(1, usage.shape[0]):
        if usage[i] < usage[n]:
            n = i
    return n
