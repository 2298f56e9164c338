"""Least recently used: the slot that was written or read longest ago."""

from __future__ import annotations

from memviz.ops.kernel import kernel


@kernel
def lru(book, n):
    """The step the slot was last used at."""
    return book.touched[n]
