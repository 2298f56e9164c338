"""Least recently used: the slot that was written or read longest ago."""

from __future__ import annotations

from memviz.ops.kernel import kernel


@kernel
def least_recent(touched):
    """argmin of touched (N,), the step each slot was last used at."""
    n = 0
    for i in range(1, touched.shape[0]):
        if touched[i] < touched[n]:
            n = i
    return n
