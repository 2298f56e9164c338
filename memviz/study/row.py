"""What one training of a study came to: a cell in, a row out, both JSON. Runs in a process of its own.

A row is stamped with the build it was computed by: the settings as resolved from presets, and a hash of all kernel
sources. A row of another build is no answer any more.
"""

from __future__ import annotations

import functools
import hashlib
import importlib
import json
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from statistics import fmean
from typing import Any

import numpy as np

from memviz import catalog
from memviz.contracts.errors import DivergedError, MemvizError
from memviz.contracts.knob import to_dict
from memviz.ops import cache_folder
from memviz.study.cell import Cell
from memviz.training.keys import generator
from memviz.training.loop import complete, spent
from memviz.training.recipe import Plan, plan
from memviz.training.trainer import Progress, Trainer

Row = dict[str, Any]
Tell = Callable[[Row], None]
EVERY = 0.5  # seconds between two words on how it goes
TEST = 0x7E57  # the stream of episodes that trained networks are tested on
GROWTH = 1.15  # the curve has a point wherever the sequences have grown by this


def measure(cell: Cell, tell: Tell = lambda news: None, threads: int | None = 1) -> Row:
    """Train the cell and test what came of it. Raises ConfigError or CatalogError on a bad recipe.

    A training that diverges is a row too: "diverged" says why, and what is tested is its last good state. `threads`: at
    most so many, None: as many as are fastest; only the seconds depend on it.
    """
    planned = plan(cell.recipe, catalog.models(), catalog.tasks())
    trainer = Trainer(planned.setup, planned.config, threads=threads)
    with closing(trainer):
        return trained(cell, planned, trainer, tell)


def trained(cell: Cell, planned: Plan, trainer: Trainer, tell: Tell) -> Row:
    """Train as planned, and test. "cut": the clock alone has ended it, so that a quieter machine gives another row."""
    curve: list[list[float]] = []
    reason = None
    try:
        for progress in told(complete(trainer, planned.until, planned.changes), tell):
            if not curve or progress.sequences >= GROWTH * curve[-1][0]:
                curve.append([progress.sequences, progress.metrics["bits_per_sequence"]])
    except DivergedError as error:
        reason = str(error)
    state, exam = trainer.state, trainer.exam()
    at = state.solved or state
    cut = reason is None and not spent(trainer, replace(planned.until, seconds=None))
    return {
        "solved": state.solved is not None,
        "sequences": at.sequences,
        "seconds": at.seconds,
        "wrong_bits": exam.wrong_per_sequence,
        "bits_per_sequence": exam.bits_per_sequence,
        "scores": scores(trainer, cell.episodes, None),
        "unseen": {str(length): scores(trainer, cell.episodes, length) for length in cell.lengths},
        "curve": curve,
        "cut": cut,
        **({"clock": cell.clock} if cut else {}),
        **({} if reason is None else {"diverged": reason}),
    }


def told(news: Iterator[Progress], tell: Tell) -> Iterator[Progress]:
    """The same progress; now and then somebody is told of it."""
    due = time.monotonic()
    for progress in news:
        if time.monotonic() >= due:
            tell({"update": progress.update, "sequences": progress.sequences, **progress.metrics})
            due = time.monotonic() + EVERY
        yield progress


def scores(trainer: Trainer, episodes: int, length: int | None) -> dict[str, float]:
    """The task's published metrics: their means over fresh episodes (of one length); "answers", how many bits (or
    classes) an episode asks for; and "exact", the part of the episodes without a wrong answer. Every episode
    starts from the memory that exams start from: the carried or the saved one, else the model's own.
    """
    setup, task = trainer.setup, trainer.setup.task
    rng = generator(TEST, setup.seed, length or 0)
    found = []
    for _ in range(episodes):
        episode = task.sample(setup.task_config, rng, length)
        start, inputs = setup.start(trainer.params, trainer.state.carried), episode.inputs.astype(np.float32)
        outputs, _, _ = setup.model.forward(setup.model_config, trainer.params, start, inputs, None)
        per_step = outputs.shape[1] if task.loss == "bits" else 1
        found.append({**task.score(outputs, episode), "answers": float(episode.mask.sum()) * per_step})
    means = {name: fmean(one[name] for one in found) for name in (found[0] if found else ())}
    return {**means, "exact": fmean(one["wrong_bits"] == 0 for one in found)} if "wrong_bits" in means else means


def answers(row: Row, cell: Cell) -> bool:
    """Whether a row that is kept is the cell's: of this build, and not cut short by a clock that is longer now."""
    try:
        if row.get("build") != build(cell):
            return False
    except MemvizError:  # a model or a knob that this build has not
        return False
    return not row.get("cut") or row.get("clock", 0.0) >= cell.clock


def build(cell: Cell) -> str:
    """What computes the cell's row here: settings as resolved, kernel sources, versions, processor."""
    settings = {name: value for name, value in cell.recipe.items() if name not in ("seed", "until")}
    return _build(cell.measure, json.dumps(settings, sort_keys=True))


@functools.cache  # to plan takes milliseconds, and every row of an arm asks for the same
def _build(measured_by: str, settings: str) -> str:
    recipe = json.loads(settings)
    told: list[Any] = [cache_folder().name, measured_by]
    if "model" in recipe:
        planned = plan(recipe, catalog.models(), catalog.tasks())
        told += [to_dict(planned.setup.model_config), to_dict(planned.setup.task_config), to_dict(planned.config)]
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:16]


def work(cell_json: str, news_file: str | None) -> str:
    """A cell's row for another process: strings in and out, news into a file that is replaced as a whole."""
    cell = Cell.from_dict(json.loads(cell_json))
    path = Path(news_file) if news_file else None

    def tell(news: Row) -> None:
        if path is not None:
            fresh = path.with_suffix(".new")
            fresh.write_text(json.dumps({"arm": cell.arm, "seed": cell.recipe["seed"], **news}), encoding="utf-8")
            fresh.replace(path)

    stamp = {"key": cell.key, "build": build(cell), "arm": cell.arm, "seed": cell.recipe["seed"]}
    try:
        found: Row = importlib.import_module(cell.measure).measure(cell, tell)
        return json.dumps({**stamp, **found})
    finally:
        if path is not None:
            path.unlink(missing_ok=True)
