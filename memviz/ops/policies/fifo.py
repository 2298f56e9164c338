"""First in, first out: the slot that was filled longest ago, however often it was read since."""

from __future__ import annotations

from memviz.ops.kernel import kernel


@kernel
def fifo(book, n):
    """The step the slot was filled at."""
    return book.born[n]
