"""One declared setting, four uses: a form field, a CLI flag, a range check, a line in a file header."""

from __future__ import annotations

import dataclasses
import difflib
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from memviz.contracts.errors import ConfigError

Value = bool | int | float | str
WORDS = {"true": True, "yes": True, "on": True, "1": True, "false": False, "no": False, "off": False, "0": False}


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


def text(default: str, pattern: str, doc: str, door: Callable[[Any], str] | None = None) -> Any:
    """A word that matches `pattern`; `door` makes such a word of what a person types or hands in."""
    return field(default=default, metadata={"pattern": pattern, "doc": doc, "door": door})


@dataclass(frozen=True)
class Knob:
    """What one field of a config declares, for forms, flags and checks. `where` reads "CopyConfig.bits"."""

    where: str
    name: str
    default: Value
    doc: str
    low: float | None = None
    high: float | None = None
    options: tuple[str | bool, ...] = ()
    pattern: str = ""
    door: Callable[[Any], str] | None = None

    @property
    def whole(self) -> bool:
        """Whether only whole numbers will do."""
        return type(self.default) is int

    def accept(self, value: Any) -> Value:
        """`value` in the default's type. Raises ConfigError when it is of another sort or out of range."""
        if self.options:
            if any(type(value) is type(option) and value == option for option in self.options):
                return value  # type: ignore[no-any-return]
            raise self._refuse(value)
        if self.pattern:
            if isinstance(value, str) and re.fullmatch(self.pattern, value):
                return value
            raise self._refuse(value)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self._refuse(value)
        if self.low is None or self.high is None or not self.low <= value <= self.high or not math.isfinite(value):
            raise self._refuse(value)
        if not self.whole:
            return float(value)
        if value != int(value):
            raise self._refuse(value)
        return int(value)

    def parse(self, text: str) -> Value:
        """The value a person typed, read by the default's type."""
        text = text.strip()
        if isinstance(self.default, bool):
            return self.accept(WORDS.get(text.lower(), text))
        if isinstance(self.default, str):
            return self.accept(self.door(text) if self.door else text)
        try:
            number = int(text) if self.whole else float(text)
        except ValueError:
            try:
                number = float(text)  # "1e4" is a whole number too
            except ValueError:
                raise self._refuse(text) from None
        return self.accept(number)

    def _refuse(self, value: Any) -> ConfigError:
        if self.options:
            wanted = "one of " + ", ".join(map(_show, self.options))
        elif self.pattern:
            wanted = f"text like {self.pattern}"
        else:
            wanted = f"{'a whole number ' if self.whole else ''}{self.low}..{self.high}"
        return ConfigError(f"{self.where}: want {wanted} ({self.doc}), got {_show(value)}")


def knobs(config: Any) -> dict[str, Knob]:
    """Every knob of a config (its class or a value of it), in the order declared."""
    owner = config if isinstance(config, type) else type(config)
    return {
        f.name: Knob(f"{owner.__name__}.{f.name}", f.name, cast(Value, f.default), **f.metadata)
        for f in dataclasses.fields(config)
        if "doc" in f.metadata
    }


def check(config: Any) -> None:
    """Raise ConfigError at the first knob outside what it declares."""
    for name, each in knobs(config).items():
        each.accept(getattr(config, name))


def to_dict(config: Any) -> dict[str, Value]:
    """The config as JSON values, for a file header or a recipe."""
    return {name: getattr(config, name) for name in knobs(config)}


def from_dict(config: type[Any], values: Mapping[str, Any]) -> Any:
    """A checked config; what `values` leaves out keeps its default. Raises ConfigError on an unknown name."""
    declared = knobs(config)
    return config(**{name: known(declared, config.__name__, name).accept(value) for name, value in values.items()})


def known(declared: Mapping[str, Knob], where: str, name: str) -> Knob:
    """The knob of a name. Raises ConfigError with the name that may have been meant."""
    if name in declared:
        return declared[name]
    close = difflib.get_close_matches(str(name), declared, n=1)
    remedy = f"did you mean {close[0]}?" if close else f"it has {', '.join(declared) or 'none'}"
    raise ConfigError(f"{where}: want a declared knob, got {str(name)!r} ({remedy})")


def _show(value: Any) -> str:
    if isinstance(value, int) and abs(value) > 10**18:
        return "a huge number"
    return str(value).lower() if isinstance(value, bool) else str(value)[:80]
