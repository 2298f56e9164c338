"""One declared setting, four uses: a form field, a CLI flag, a range check, a line in a file header."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from memviz.contracts.errors import ConfigError


@dataclass(frozen=True)
class Preset:
    """A named starting point: knob values of the entry itself, and of the training that suits it."""

    knobs: Mapping[str, Any] = field(default_factory=dict)
    training: Mapping[str, Any] = field(default_factory=dict)


def knob(default: float, low: float, high: float, doc: str) -> Any:
    """A number in [low, high]; an int default makes it whole."""
    return field(default=default, metadata={"low": low, "high": high, "doc": doc})


def choice(default: str | bool, options: tuple[str | bool, ...], doc: str) -> Any:
    """One of `options`."""
    return field(default=default, metadata={"options": options, "doc": doc})
