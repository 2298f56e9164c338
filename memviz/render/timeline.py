"""The events of a trace as marks on slots and steps: the numpy-free twin of scope/js/timeline.js."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

ASKS = ("hit", "miss", "read")  # events in which an item is asked for


@dataclass(frozen=True)
class Mark:
    """One event; `again` is the step at which the evicted item is asked for later, None where it never is."""

    t: int
    name: str
    slot: int | None
    again: int | None
    text: str


def marks(trace: Any) -> list[Mark]:
    """Every event, in order."""
    return [Mark(event.t, event.name, event.slot, _again(event, trace.events), _text(event)) for event in trace.events]


def _again(event: Any, events: Any) -> int | None:
    if event.name != "evict" or event.item is None:
        return None
    later = [other.t for other in events if other.item == event.item and other.name in ASKS and other.t > event.t]
    return min(later, default=None)


def _text(event: Any) -> str:
    slot = "" if event.slot is None else f" slot {event.slot}"
    item = "" if event.item is None else f", item {event.item}"
    return f"{event.name}{slot}{item}" + (f" ({event.text})" if event.text else "")
