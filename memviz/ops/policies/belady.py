"""Belady's optimum: the slot whose item is asked for farthest in the future. No policy that cannot see it does better.

Source: Belady 1966, A study of replacement algorithms for a virtual-storage computer.
"""

from __future__ import annotations

from memviz.ops.kernel import kernel


@kernel
def belady(book, n):
    """The step at which the slot's item is asked for next, below 0: the farthest is the smallest."""
    return -book.next[n]


@kernel
def next_times(items, out):
    """For every step t of items (T,), the next step at which the same item comes, T where it never does."""
    T = items.shape[0]
    for t in range(T):
        out[t] = T
        for later in range(t + 1, T):
            if items[later] == items[t]:
                out[t] = later
                break
