"""One training of a study, as JSON: a recipe, an arm it belongs to, and what to try it on afterwards."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True)
class Cell:
    """Train `recipe` (see training/recipe.py; its "until" is the budget), then look at it.

    `lengths`: unseen lengths to test on. `episodes`: fresh episodes of each, and of the task itself, for the scores.
    `measure`: the module whose `measure(cell, tell)` computes the row.
    """

    arm: str  # the setting it belongs to; cells of one arm differ in their seed
    recipe: Mapping[str, Any]
    lengths: tuple[int, ...] = ()
    episodes: int = 20
    measure: str = "memviz.study.row"

    @property
    def key(self) -> str:
        """What its row is kept under, however long it may train: time cuts a row short, but makes it no other."""
        told = {**asdict(self), "recipe": self.untimed}
        return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:16]

    @property
    def untimed(self) -> dict[str, Any]:
        """The recipe without a limit on its seconds."""
        if "until" not in self.recipe:
            return dict(self.recipe)
        until = {name: value for name, value in self.recipe["until"].items() if name != "seconds"}
        return {**self.recipe, "until": until}

    @property
    def clock(self) -> float:
        """The most seconds that it may train."""
        return (self.recipe.get("until") or {}).get("seconds") or math.inf

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Cell:
        """The cell that `asdict` and JSON have made of one."""
        return cls(**{**values, "lengths": tuple(values["lengths"])})


@dataclass(frozen=True)
class Arm:
    """A Setting that trains: model, task, preset and knobs, before any seed."""

    name: str
    model: str
    task: str
    preset: str = "lesson"
    knobs: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    lengths: tuple[int, ...] = ()
    until: Mapping[str, Any] = field(default_factory=lambda: {"solved": True})
    episodes: int = 20

    def cells(self, seeds: Iterable[int]) -> list[Cell]:
        """The arm's cells, one a seed."""
        recipe = {"model": self.model, "task": self.task, "preset": self.preset, "knobs": dict(self.knobs)}
        return [
            Cell(self.name, {**recipe, "until": dict(self.until), "seed": seed}, self.lengths, self.episodes)
            for seed in seeds
        ]
