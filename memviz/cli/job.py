"""What `memviz train` was asked for, made into what the trainer needs."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from memviz import catalog
from memviz.contracts import places
from memviz.contracts.errors import ConfigError
from memviz.contracts.knob import from_dict, parse_settings
from memviz.training import checkpoint
from memviz.training.config import TrainConfig, Until
from memviz.training.setup import Setup
from memviz.training.trainer import Progress, Trainer

if TYPE_CHECKING:
    from memviz.cli.report import Report


@dataclass(frozen=True)
class Job:
    """A setup, how to train it, when to stop and where to save it."""

    setup: Setup
    config: TrainConfig
    until: Until
    preset: str
    device: str
    out: Path

    def describe(self) -> dict[str, Any]:
        """What the start line says."""
        told = self.setup.describe()
        parameters = sum(array.size for array in self.setup.initial().values())
        return {**told, "preset": self.preset, "device": self.device, "parameters": parameters}

    def trainer(self) -> Trainer:
        """The trainer of the device that was asked for. Raises BackendError when it is not available here."""
        return Trainer(self.setup, self.config)

    def part(self, progress: Progress) -> float | None:
        """How much of the budget is spent; None when there is none."""
        parts = []
        if self.until.updates:
            parts.append(progress.update / self.until.updates)
        if self.until.seconds:
            parts.append(progress.seconds / self.until.seconds)
        return max(parts, default=None)

    def save(self, trainer: Trainer) -> None:
        """Write the checkpoint, atomically."""
        checkpoint.save(self.out, trainer.setup, trainer.state, {"preset": self.preset, "device": self.device})


def plan(args: argparse.Namespace) -> Job:
    """The job of a command line. Raises CatalogError or ConfigError, with the remedy."""
    model, task = catalog.models()[args.model], catalog.tasks()[args.task]
    parts = {"model": model.config, "task": task.config, "training": TrainConfig}
    knobs: dict[str, dict[str, Any]] = {part: {} for part in parts}
    for part, entry in (("model", model), ("task", task)):
        if args.preset not in entry.presets:
            raise ConfigError(
                f"--preset: want one of {', '.join(entry.presets)}, got {args.preset} ({entry.name} has those)"
            )
        knobs[part] |= entry.presets[args.preset].knobs
        knobs["training"] |= entry.presets[args.preset].training
    for part, values in parse_settings(args.set, parts).items():
        knobs[part] |= values
    made = {part: from_dict(config, knobs[part]) for part, config in parts.items()}
    until = Until(args.until is None, args.until, args.max_seconds)
    setup = Setup(model, task, made["model"], made["task"], args.seed)
    name = f"{model.name}-{task.name}-{args.preset}-{args.seed}.safetensors"
    out = (args.out or places.home() / "checkpoints" / name).absolute()
    return Job(setup, made["training"], until, args.preset, args.device, out)


def compile_kernels(job: Job, report: Report) -> None:
    """Fill the kernel cache in a process of its own, so that this one loads what every other one loads."""
