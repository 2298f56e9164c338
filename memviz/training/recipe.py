"""From a recipe (names and numbers in a link) to what can be trained: presets under the recipe's own knobs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from memviz.contracts.errors import ConfigError
from memviz.contracts.knob import from_dict, knobs
from memviz.contracts.model import Model
from memviz.contracts.task import Task
from memviz.training.config import TrainConfig, Until
from memviz.training.setup import Setup
from memviz.training.torch_step import on_device

PARTS = ("model", "task", "training")


@dataclass(frozen=True)
class Plan:
    """A recipe that can be carried out."""

    setup: Setup
    config: TrainConfig
    until: Until
    changes: tuple[tuple[int, Mapping[str, Any]], ...] = ()
    device: str = "core"


def plan(
    recipe: Mapping[str, Any],
    models: Mapping[str, Model],
    tasks: Mapping[str, Task],
    memory: Callable[[Any], np.ndarray] | None = None,
) -> Plan:
    """The plan of {"model", "task", "preset", "knobs": {part: {}}, "seed", "device", "memory", "changes", "until"}.

    Only model and task must be there. `memory`: finds the saved memory of the recipe's id; without it the plan leaves
    that out. Raises ConfigError or CatalogError for what does not exist or is out of range.
    """
    for part in ("model", "task"):
        if not isinstance(recipe.get(part), str):
            raise ConfigError(f"recipe.{part}: want the name of a {part}, got {recipe.get(part)!r:.40} (name one)")
    model, task = models[recipe["model"]], tasks[recipe["task"]]
    values = knob_values(model, task, recipe.get("preset", "lesson"), recipe.get("knobs", {}))
    made = {part: from_dict(kind, values[part]) for part, kind in zip(PARTS, _configs(model, task), strict=True)}
    device = recipe.get("device", "core")
    start = memory(recipe["memory"]) if memory is not None and recipe.get("memory") is not None else None
    seed = _whole("seed", recipe.get("seed", 0))
    setup = Setup(on_device(model, device), task, made["model"], made["task"], seed, start)
    changes = tuple((_whole("changes", update), dict(new)) for update, new in recipe.get("changes", ()))
    return Plan(setup, made["training"], Until.from_dict(recipe.get("until")), changes, device)


def knob_values(model: Model, task: Task, preset: str, own: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Part -> knob -> value: what the preset sets, and over it `own`. The task's word on training beats the model's.

    A model with a knob "outputs" follows the task's loss unless it is told otherwise.
    """
    for entry in (model, task):
        if preset not in entry.presets:
            want = ", ".join(entry.presets)
            raise ConfigError(f"recipe.preset: want one of {want} for {entry.name}, got {preset!r:.40} (choose one)")
    if odd := sorted(map(str, own.keys() - set(PARTS))):
        raise ConfigError(f"recipe.knobs: want {', '.join(PARTS)}, got {odd[0]:.40} (sort the knobs by part)")
    follows = {"outputs": task.loss} if "outputs" in knobs(model.config) else {}
    return {
        "model": {**follows, **model.presets[preset].knobs, **own.get("model", {})},
        "task": {**task.presets[preset].knobs, **own.get("task", {})},
        "training": {**model.presets[preset].training, **task.presets[preset].training, **own.get("training", {})},
    }


def _configs(model: Model, task: Task) -> tuple[type[Any], type[Any], type[Any]]:
    return model.config, task.config, TrainConfig


def _whole(where: str, value: Any) -> int:
    if type(value) is not int or not 0 <= value < 2**63:
        raise ConfigError(f"recipe.{where}: want a whole number from 0, got {value!r:.40} (mend the recipe)")
    return value
