"""The view contract: declared signals in, panels out. A view names kinds and dims, never a model."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from memviz.contracts.panel import Panel
from memviz.contracts.signal import Signal


@dataclass(frozen=True)
class View:
    """One way of looking.

    `needs`: role -> (kind, dims) of every signal that it draws; the dim "head" matches "read" and "write". A view is
    asked for panels only where one of them is declared.
    """

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


def fills(view: View, signal: Signal) -> bool:
    """Whether a signal is one that the view draws."""
    return any(matches(signal, kind, dims) for kind, dims in view.needs.values())


def panels_of(views: Iterable[View], signals: Mapping[str, Signal]) -> list[Panel]:
    """What these views draw of the declared signals, view by view."""
    asked = [view for view in views if any(fills(view, signal) for signal in signals.values())]
    return [panel for view in asked for panel in view.panels(signals)]
