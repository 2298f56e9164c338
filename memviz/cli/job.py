"""What `memviz train` was asked for, made into what the trainer needs."""

from __future__ import annotations

import argparse
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from memviz import catalog
from memviz.cli.files import writable
from memviz.contracts import places
from memviz.contracts.knob import parse_settings
from memviz.training import checkpoint
from memviz.training.config import TrainConfig, Until
from memviz.training.recipe import plan
from memviz.training.setup import Setup
from memviz.training.trainer import Progress, Trainer
from memviz.training.warm import ensure_warm, is_warm

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
        """A trainer at update 0."""
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


def make(args: argparse.Namespace) -> Job:
    """The job of a command line. Raises CatalogError, ConfigError or BackendError, with the remedy."""
    model, task = catalog.models()[args.model], catalog.tasks()[args.task]
    knobs = parse_settings(args.set, {"model": model.config, "task": task.config, "training": TrainConfig})
    names = {"model": args.model, "task": args.task, "preset": args.preset, "seed": args.seed, "device": args.device}
    planned = plan({**names, "knobs": knobs}, catalog.models(), catalog.tasks())
    until = Until(args.until is None, args.until, args.max_seconds)
    name = f"{model.name}-{task.name}-{args.preset}-{args.seed}.safetensors"
    out = writable(args.out or places.home() / "checkpoints" / name, "--out")
    return Job(planned.setup, planned.config, until, args.preset, args.device, out)


def compile_kernels(job: Job, report: Report) -> None:
    """Have the kernels compiled in a process of its own, so that this one loads what every other one loads."""
    names = job.setup.model.name, job.setup.task.name
    if is_warm(*names):
        return
    begun = time.monotonic()
    ensure_warm(*names, report.waiting)
    report.event("compiled", seconds=time.monotonic() - begun)
