"""`memviz bench`: how fast this machine's core is, beside its torch twin and beside the machine's own limit."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from memviz.contracts.errors import ConfigError

Show = Callable[[float | None, str], None]
COPY = "copy"  # what models are measured on unless another task is named
ROWS = ("throughput", "package", "topk", "start", "viewers", "page", "solve", "table")
ALONE = {"package", "topk", "page", "table"}  # rows that are not of every model on copy


@dataclass(frozen=True)
class Plan:
    """What to measure and how thoroughly; `model` None: every one with a memory. `settings`: "knob=value" strings."""

    model: str | None = None
    task: str | None = None  # None: copy, or for the table every task
    preset: str = "paper"
    compiled: bool = False
    quick: bool = False
    seeds: int | None = None
    settings: tuple[str, ...] = ()
    batches: tuple[int, ...] = ()  # none: the usual ones
    most: float | None = None  # seconds of one training; None: the usual ones

    @property
    def rounds(self) -> int:
        """How often every contender has its turn."""
        return 2 if self.quick else 7

    @property
    def seconds(self) -> float:
        """How long a turn lasts."""
        return 0.5 if self.quick else 3.0

    def over(self, usual: int) -> int:
        """How many seeds to solve."""
        return self.seeds or (1 if self.quick else usual)


def names(text: str | None) -> tuple[str, ...]:
    """The rows of a comma-separated list; None is all. Raises ConfigError on any other."""
    chosen = tuple(filter(None, (text or ",".join(ROWS)).split(",")))
    for name in chosen:
        if name not in ROWS:
            raise ConfigError(f"bench.--rows: want some of {', '.join(ROWS)}, got {name} (separate them by commas)")
    return chosen


def measure(chosen: tuple[str, ...], plan: Plan, show: Show) -> Iterator[dict[str, Any]]:
    """The rows, each as soon as it is measured, with what is asked of it. Raises BenchError when a contender dies."""
    from memviz.bench.bars import judged

    yield from map(judged, measured(chosen, plan, show))


def measured(chosen: tuple[str, ...], plan: Plan, show: Show) -> Iterator[dict[str, Any]]:
    """The rows alone."""
    from memviz.bench import bars, package, page, solve, start, table, throughput, topk, viewers

    for recipe in recipes(plan, plan.preset) if {*chosen} - ALONE else ():
        warmed(recipe, show)
        if "throughput" in chosen:
            for size, batches in throughput.sizes(recipe, plan.batches):
                yield from throughput.rows(size, batches, plan.rounds, plan.seconds, plan.compiled, show)
        if "start" in chosen:
            yield from start.rows(recipe, 1 if plan.quick else 5, not plan.quick, show)
        if "viewers" in chosen:
            yield from viewers.rows(recipe, plan.rounds, 2 * plan.seconds, show)
        if "solve" in chosen:
            yield from solve.rows(recipe, plan.over(10), plan.most or 60.0, show)
    if "package" in chosen:
        for size, batch in bars.asked_for("package"):
            if plan.model in (None, size["model"]):
                yield from package.rows(warmed(size, show), batch, plan.rounds, plan.seconds, show)
    if "topk" in chosen:
        yield from topk.rows(plan.rounds, plan.seconds, show)
    if "page" in chosen:
        yield from page.rows(1 if plan.quick else 5, show)
    if "table" in chosen:
        pairs = (warmed(recipe, show) for recipe in recipes(plan, "lesson", memory=False))
        yield from table.rows(pairs, plan.over(3), plan.most or 20.0, show)


def warmed(recipe: Mapping[str, Any], show: Show) -> Mapping[str, Any]:
    """The recipe once its kernels are compiled, so that no contender's figure holds a compiler's seconds."""
    from memviz.training.warm import ensure_warm

    ensure_warm(recipe["model"], recipe["task"], lambda message: show(None, message))
    return recipe


def recipes(plan: Plan, preset: str, memory: bool = True) -> Iterator[Mapping[str, Any]]:
    """Every model (with a memory, unless `memory` is False) on copy, or on all tasks for the table."""
    from memviz import catalog
    from memviz.contracts.model import has_memory
    from memviz.training.config import TrainConfig
    from memviz.training.settings import parse_settings

    models = [catalog.models()[plan.model]] if plan.model else list(catalog.models().values())
    task_names = [plan.task] if plan.task else [COPY] if memory else list(catalog.tasks())
    for model in models:
        if memory and not plan.model and not has_memory(model, model.config()):
            continue
        for task in (catalog.tasks()[name] for name in task_names):
            if preset in model.presets and preset in task.presets:
                configs = {"model": model.config, "task": task.config, "training": TrainConfig}
                knobs = parse_settings(plan.settings, configs)
                yield {"model": model.name, "task": task.name, "preset": preset, "knobs": knobs}
