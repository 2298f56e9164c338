"""Least frequently used: the slot read least often since it was written; of several, the least recently used."""

from __future__ import annotations

from memviz.ops.kernel import kernel


@kernel
def least_used_often(count, touched):
    """argmin of (count, touched), both (N,): reads since the write, and the step of the last use."""
    n = 0
    for i in range(1, count.shape[0]):
        if count[i] < count[n] or (count[i] == count[n] and touched[i] < touched[n]):
            n = i
    return n
