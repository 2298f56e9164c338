"""Least frequently used: the slot read least often since it was filled."""

from __future__ import annotations

from memviz.ops.kernel import kernel


@kernel
def lfu(book, n):
    """The reads of the slot since it was filled."""
    return book.count[n]
