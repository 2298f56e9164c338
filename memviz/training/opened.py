"""What a person's file holds, told apart by its first bytes: a trace, a checkpoint, or an npz of arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING

from memviz.contracts import store
from memviz.contracts.trace import FORMAT, Trace

if TYPE_CHECKING:
    from memviz.training.checkpoint import Checkpoint

ZIP = b"PK\x03\x04"  # how an npz begins


def contents(blob: bytes, where: str, limits: store.Limits = store.LIMITS) -> Trace | Checkpoint:
    """The contents of a file that came from `where`. Raises MemvizError whatever is wrong with it."""
    if blob.startswith(ZIP):
        return Trace.from_npz(blob, where=where)
    if store.format_of(blob, limits, where).partition("/")[0] == FORMAT.partition("/")[0]:
        return Trace.from_bytes(blob, where, limits)
    from memviz.training import checkpoint  # on use: to look at a trace needs no trainer

    return checkpoint.from_file(*store.unpack(blob, (checkpoint.FORMAT, FORMAT), limits, where))
