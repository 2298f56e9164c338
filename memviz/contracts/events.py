"""What happened at one step of an episode, in words a view can list and a person can jump to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields
from typing import Any

from memviz.contracts.errors import TraceError

# The names our models and tools use; a person's own model may add others.
EVENTS = ("write", "read", "hit", "miss", "evict", "free", "allocate", "merge", "refuse", "edit", "cut")
HEADS = ("read", "write")


@dataclass(frozen=True)
class Event:
    """One happening at step t: `name` says what, `slot`, `head` ("write.0") and `item` to what, `text` why."""

    t: int
    name: str
    slot: int | None = None
    head: str | None = None
    item: int | None = None
    text: str = ""

    def __post_init__(self) -> None:
        """Refuse what could not be listed, drawn or saved."""
        whole = [("t", self.t)] + [(n, v) for n, v in (("slot", self.slot), ("item", self.item)) if v is not None]
        for name, value in whole:
            if type(value) is not int or value < 0:
                raise TraceError(f"Event.{name}: want a whole number from 0, got {value!r:.40} (use int(...))")
        if not isinstance(self.name, str) or not self.name.isidentifier():
            raise TraceError(
                f"Event.name: want a word such as {', '.join(EVENTS[:3])}, got {self.name!r:.40} (rename it)"
            )
        if self.head is not None:
            check_head("Event.head", self.head)
        if not isinstance(self.text, str):
            raise TraceError(f"Event.text: want a string, got {type(self.text).__name__} (use str(...))")

    def to_dict(self) -> dict[str, Any]:
        """JSON values; what was not said is left out."""
        return as_dict(self)

    @classmethod
    def from_dict(cls, values: Any) -> Event:
        """The event a header holds. Raises TraceError when it does not hold one."""
        return cls(**known_fields(cls, values))


def check_head(where: str, head: Any) -> None:
    """Raise TraceError unless `head` reads like "read.0" or "write.1"."""
    side, dot, number = head.partition(".") if isinstance(head, str) else ("", "", "")
    if side not in HEADS or not dot or not number.isascii() or not number.isdigit():
        raise TraceError(f'{where}: want "read.0" or "write.0", got {head!r:.40} (name the head so)')


def as_dict(record: Any) -> dict[str, Any]:
    """The fields of a record that say something."""
    values = ((f.name, getattr(record, f.name)) for f in fields(record))
    return {name: value for name, value in values if value is not None and value != ""}


def known_fields(kind: type[Any], values: Any) -> dict[str, Any]:
    """`values` as the arguments of a record from a file: known names only, none missing."""
    names = {f.name for f in fields(kind)}
    needed = {f.name for f in fields(kind) if f.default is MISSING}
    if not isinstance(values, Mapping) or not needed <= values.keys() <= names:
        raise TraceError(
            f"{kind.__name__}: want an object with {', '.join(sorted(names))}, got {values!r:.80} (save again)"
        )
    return dict(values)
