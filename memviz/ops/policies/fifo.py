"""First in, first out: the slot that was written longest ago, however often it was read since."""

from __future__ import annotations

from memviz.ops.kernel import kernel


@kernel
def first_in(born):
    """argmin of born (N,), the step each slot was written at."""
    n = 0
    for i in range(1, born.shape[0]):
        if born[i] < born[n]:
            n = i
    return n
