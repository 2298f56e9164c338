"""The view contract: declared signals in, panels out. A view names kinds and dims, never a model."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from memviz.contracts.panel import Panel
from memviz.contracts.signal import Signal


@dataclass(frozen=True)
class View:
    """One way of looking. `needs`: role -> (kind, dims); the dim "head" matches "read" and "write"."""

    name: str  # the folder's name
    title: str
    doc: str
    needs: Mapping[str, tuple[str, tuple[str, ...]]]
    panels: Callable[[Mapping[str, Signal]], list[Panel]]


def matches(signal: Signal, kind: str, dims: tuple[str, ...]) -> bool:
    """Whether a signal fills a need; "head" stands for either kind of head."""
    if signal.kind != kind or len(signal.dims) != len(dims):
        return False
    return all(d == s or (d == "head" and s in ("read", "write")) for d, s in zip(dims, signal.dims, strict=True))
