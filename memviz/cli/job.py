"""What `memviz train` was asked for, made into what the trainer needs."""

from __future__ import annotations

import argparse
import itertools
import math
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from memviz import catalog
from memviz.cli.files import writable
from memviz.contracts import places
from memviz.training import checkpoint, memory
from memviz.training.config import TrainConfig, Until
from memviz.training.give import memory_of, save_memory
from memviz.training.memories import Memories
from memviz.training.recipe import plan
from memviz.training.runs import footprint
from memviz.training.runs.limits import GIB, Limits
from memviz.training.settings import parse_settings
from memviz.training.setup import Setup
from memviz.training.trainer import Progress, Trainer
from memviz.training.warm import ensure_warm, is_warm

if TYPE_CHECKING:
    from memviz.cli.report import Report


@dataclass
class Job:
    """A setup, how to train it, when to stop and where to save it."""

    setup: Setup
    config: TrainConfig
    until: Until
    preset: str
    device: str
    out: Path
    memory_out: Path | None = None  # where to save the memory
    saved: bool = False

    def describe(self) -> dict[str, Any]:
        """What the start line says."""
        told = self.setup.describe()
        parameters = sum(math.prod(shape) for shape in self.setup.layout.shapes)
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
        """Write the checkpoint and the memory, each atomically."""
        checkpoint.save(self.out, trainer.setup, trainer.state, {"preset": self.preset, "device": self.device})
        if self.memory_out is not None:
            save_memory(self.memory_out, trainer.setup, trainer.state)
        self.saved = True

    def standing(self) -> str:
        """What is left when it is interrupted."""
        return "the checkpoint is saved" if self.saved else "nothing was trained yet that could be saved"


def make(args: argparse.Namespace) -> Job:
    """The job of a command line. Raises CatalogError, ConfigError, FileError or BackendError, with the remedy."""
    model, task = catalog.models()[args.model], catalog.tasks()[args.task]
    knobs = parse_settings(args.set, {"model": model.config, "task": task.config, "training": TrainConfig})
    recipe = {"model": args.model, "task": args.task, "preset": args.preset, "seed": args.seed, "device": args.device}
    memories = Memories(places.home())
    if args.memory is not None:
        recipe["memory"] = memories.put(*memory.load(args.memory))
    planned = plan({**recipe, "knobs": knobs}, catalog.models(), catalog.tasks(), memories.get)
    footprint.check(planned.setup, [planned.config], Limits.from_environment().run_memory * GIB)
    until = Until(args.until is None, args.until, args.max_seconds)
    out = writable(args.out or unused(f"{model.name}-{task.name}-{args.preset}-{args.seed}"), "--out")
    job = Job(planned.setup, planned.config, until, args.preset, args.device, out)
    if args.save_memory is not None:
        memory_of(planned.setup, job.trainer().state)  # refuses a model that has none
        job.memory_out = writable(args.save_memory, "--save-memory")
    return job


def unused(name: str) -> Path:
    """A checkpoint in the data folder that is not there yet: another run of the same name is not written over."""
    folder = places.checkpoints()
    names = (f"{name}{'' if i == 1 else f'-{i}'}.safetensors" for i in itertools.count(1))
    return next(path for path in (folder / one for one in names) if not path.exists())


def compile_kernels(job: Job, report: Report) -> None:
    """Have the kernels compiled in a process of its own, so that this one loads what every other one loads."""
    names = job.setup.model.name, job.setup.task.name
    if is_warm(*names):
        return
    begun = time.monotonic()
    ensure_warm(*names, report.waiting)
    report.event("compiled", seconds=time.monotonic() - begun)
