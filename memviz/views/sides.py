"""What every view asks of the declared signals: which heads they belong to, and how to say their names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from memviz.contracts.signal import Signal
from memviz.contracts.view import matches

SIDES = ("write", "read")
MEMORY_ORDER = 50  # in the group "memory": what is written comes above the memory (less), what is read below (more)


def having(signals: Mapping[str, Signal], kind: str, dims: tuple[str, ...]) -> list[str]:
    """Names of the signals of that kind and dims, in the order the model declares them."""
    return [name for name, signal in signals.items() if matches(signal, kind, dims)]


def by_side(signals: Mapping[str, Signal], kind: str, dims: tuple[str, ...]) -> Iterator[tuple[str, list[str]]]:
    """("write", names), ("read", names): the signals whose dim "head" is that side's, in declared order."""
    for side in SIDES:
        own = tuple(side if dim == "head" else dim for dim in dims)
        yield side, having(signals, kind, own)


def words(name: str) -> str:
    """A signal's name as a title: "write_weighting" -> "Write weighting"."""
    return name.replace("_", " ").capitalize()
