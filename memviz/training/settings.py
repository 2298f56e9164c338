"""What a person types after --set, as the knobs of a recipe: "N=16", or by its full name "model.N=16"."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from memviz.contracts.errors import ConfigError
from memviz.contracts.knob import Knob, Value, knobs, known


def parse_settings(settings: Iterable[str], configs: Mapping[str, type[Any]]) -> dict[str, dict[str, Value]]:
    """Typed "knob=value" strings, sorted by who declares the knob: part -> knob -> value.

    `configs`: part ("model", "task", "training") -> config class. "task.width=8" names the part; a bare name
    must be declared by one part only. The last setting of a knob wins.
    """
    found: dict[str, dict[str, Value]] = {part: {} for part in configs}
    for setting in settings:
        name, equals, text = setting.partition("=")
        if not equals:
            raise ConfigError(f"--set: want knob=value, got {setting!r} (write for example N=16)")
        part, one = _declared(name.strip(), configs)
        found[part][one.name] = one.parse(text)
    return found


def _declared(name: str, configs: Mapping[str, type[Any]]) -> tuple[str, Knob]:
    part, dot, rest = name.partition(".")
    if dot and part in configs:
        return part, known(knobs(configs[part]), part, rest)
    every = {f"{part}.{each}": (part, one) for part, config in configs.items() for each, one in knobs(config).items()}
    hits = [key for key in every if key.partition(".")[2] == name]
    if len(hits) > 1:
        raise ConfigError(f"--set: want one knob, got {name!r}, which is {' and '.join(hits)} (write the longer name)")
    if not hits:
        known({one.name: one for _, one in every.values()}, "--set", name)
    return every[hits[0]]
