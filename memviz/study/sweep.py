"""A sweep: every combination of some knobs' values, over several seeds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import product
from typing import Any

from memviz.contracts.errors import ConfigError
from memviz.contracts.knob import Value
from memviz.contracts.model import Model
from memviz.contracts.task import Task
from memviz.study.cell import Arm
from memviz.training.config import TrainConfig
from memviz.training.keys import EXAM, generator
from memviz.training.recipe import plan
from memviz.training.settings import parse_settings

MOST = 10_000  # trainings of one sweep


def arms(
    model: Model, task: Task, preset: str, settings: Iterable[str], until: Mapping[str, Any], lengths: Sequence[int]
) -> list[Arm]:
    """An arm per combination of "knob=value,value,..." settings. Raises ConfigError on what is not a knob's value.

    Every arm is planned once and every length is drawn, so that a bad combination is told before the first training.
    """
    configs = {"model": model.config, "task": task.config, "training": TrainConfig}
    axes = [[f"{name}={value}" for value in values.split(",")] for name, _, values in sorted(map(_split, settings))]
    _distinct(axes, configs)
    found = []
    for chosen in product(*axes):
        knobs = parse_settings(chosen, configs)
        name = ", ".join(each for each, axis in zip(chosen, axes, strict=True) if len(axis) > 1) or preset
        arm = Arm(name, model.name, task.name, preset, knobs, tuple(lengths), until)
        planned = plan(arm.cells([0])[0].recipe, {model.name: model}, {task.name: task})
        for length in lengths:
            task.sample(planned.setup.task_config, generator(EXAM, 0, 0), length)
        found.append(arm)
    return found


def _distinct(axes: Iterable[Sequence[str]], configs: Mapping[str, type[Any]]) -> None:
    """Raise ConfigError where two axes are of one knob, by whatever name, or two points of an axis of one value."""
    owners = set()
    for axis in axes:
        (knob, *_), values = zip(*(_meant(point, configs) for point in axis), strict=True)
        if len(set(values)) < len(values):
            again = next(axis[i] for i, value in enumerate(values) if value in values[:i])
            raise ConfigError(f"--set: want every value of {knob} once, got {again!r:.80} again (leave it out)")
        if knob in owners:
            raise ConfigError(
                f"--set: want every knob once, got {knob} twice (write all its values in one: {knob}=V,V)"
            )
        owners.add(knob)


def _meant(point: str, configs: Mapping[str, type[Any]]) -> tuple[str, Value]:
    """The full name of the knob of "knob=value", and its value."""
    knobs = parse_settings([point], configs)
    ((name, value),) = ((f"{part}.{one}", value) for part, each in knobs.items() for one, value in each.items())
    return name, value


def _split(setting: str) -> tuple[str, str, str]:
    name, equals, values = setting.partition("=")
    if not equals or not all(values.split(",")):
        raise ConfigError(f"--set: want knob=value,value,..., got {setting!r:.80} (write for example N=16,32)")
    return name, equals, values
