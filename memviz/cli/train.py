"""Train a model on a task, from scratch, until it is solved or the budget is spent.

  memviz train ntm copy                                  the lesson preset, until solved
  memviz train ntm copy --preset paper --seed 3 --until solved --max-seconds 60
  memviz train ntm copy --set N=64 --set rate=1e-3 --until 500 --json

--set takes every knob of the model, the task and the training (memviz list --json shows them all); where two of them
share a name, say model.NAME, task.NAME or training.NAME.

The memory may come from a file and go to one: --memory FILE starts every episode from it (and keeps it in the data
folder, so that a recipe can name it), --save-memory FILE writes the one at the end: with training.memory=carry the one
carried over, else the one that episodes start from.

Exit codes: 0 solved, or the asked updates reached; 1 not solved within the budget; 2 wrong usage; 3 diverged;
130 interrupted with Ctrl-C, or nobody reads the output any more. Whatever was trained is saved.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from memviz.cli.arguments import seconds, until, whole
from memviz.cli.exits import DIVERGED, DONE, INTERRUPTED, NOT_SOLVED, say

if TYPE_CHECKING:
    from memviz.cli.job import Job
    from memviz.cli.report import Report
    from memviz.cli.stopping import Stopping
    from memviz.training.trainer import Progress, Trainer

AUTOSAVE = 4.0  # seconds between two saves; with the writing, a killed process loses less than five
OUTCOMES = {DONE: "done", NOT_SOLVED: "not solved", DIVERGED: "diverged", INTERRUPTED: "interrupted"}


def declare(parser: argparse.ArgumentParser) -> None:
    """Flags of `memviz train`."""
    parser.add_argument("model", metavar="MODEL")
    parser.add_argument("task", metavar="TASK")
    parser.add_argument("--preset", default="lesson", help="a named starting point (default: lesson)")
    parser.add_argument(
        "--set", action="append", default=[], metavar="KNOB=VALUE", help="change a knob; may be repeated"
    )
    parser.add_argument("--seed", type=whole, default=0, help="decides everything random (default: 0)")
    parser.add_argument(
        "--device", default="core", help="core (default): numba on the CPU; torch, cuda: the torch twin"
    )
    parser.add_argument("--until", type=until, metavar="solved|UPDATES", help="when to stop (default: solved)")
    parser.add_argument("--max-seconds", type=seconds, metavar="S", help="stop after so many seconds of training")
    parser.add_argument("--memory", type=Path, metavar="FILE", help="a saved memory that every episode starts from")
    parser.add_argument("--save-memory", type=Path, metavar="FILE", help="write the memory at the end to a file")
    parser.add_argument(
        "--out", type=Path, metavar="FILE", help="the checkpoint (default: a new file in the data folder)"
    )
    parser.add_argument("--json", action="store_true", help="one JSON object a line on stdout")


def run(args: argparse.Namespace) -> int:
    """Train and report; see the module for the exit codes."""
    from memviz.cli import job as jobs
    from memviz.cli.progress import Bar
    from memviz.cli.report import Lines, Report
    from memviz.cli.stopping import Stopping

    job = jobs.make(args)
    report: Report = Lines() if args.json else Report(Bar())
    with Stopping() as stopping:
        try:
            code, reason = work(job, report, stopping)
        except KeyboardInterrupt:
            code, reason = INTERRUPTED, f"interrupted; {job.standing()}"
    return say(reason, code) if reason else code


def work(job: Job, report: Report, stopping: Stopping) -> tuple[int, str]:
    """Compile, train, examine, save; returns the exit code, and a reason where there is something to explain."""
    from memviz.cli import job as jobs

    report.event("start", **job.describe())
    with report.bar:
        jobs.compile_kernels(job, report)
        trainer = job.trainer()
        try:
            with stopping.gently():
                code, reason = follow(trainer, job, report, stopping)
            finish(trainer, job, report, code)
        finally:
            trainer.close()
    return code, reason


def follow(trainer: Trainer, job: Job, report: Report, stopping: Stopping) -> tuple[int, str]:
    """Train until something ends it, and save; returns the exit code, and a reason where one is needed."""
    from memviz.contracts.errors import DivergedError

    try:
        stopped = advance(trainer, job, report, stopping)
    except DivergedError as error:
        job.save(trainer)
        return DIVERGED, str(error)
    job.save(trainer)
    if stopped:
        return INTERRUPTED, f"{stopped}; {job.standing()}"
    reached = job.until.updates is not None and trainer.state.update >= job.until.updates
    return (DONE, "") if trainer.state.solved is not None or reached else (NOT_SOLVED, "not solved within the budget")


def advance(trainer: Trainer, job: Job, report: Report, stopping: Stopping) -> str:
    """Update after update, saving now and then; returns why it was stopped, "" when it came to its end."""
    from memviz.training.loop import complete

    solved = False
    begun = time.monotonic()
    for progress in complete(trainer, job.until):
        report.news(job.part(progress), facts(progress))
        if trainer.state.solved is not None and not solved:
            solved = True
            report.event("solved", **vars(trainer.state.solved))
        if time.monotonic() - begun > AUTOSAVE:
            job.save(trainer)
            begun = time.monotonic()
        if stopping.asked:
            return "interrupted"
        if report.unread:
            return "nobody reads the output any more"
    return ""


def finish(trainer: Trainer, job: Job, report: Report, code: int) -> None:
    """Take the exam unless the last one is of these parameters, save that too, and say how it ended."""
    state = trainer.state
    exam = state.exam if state.exam is not None and state.exam.update == state.update else trainer.exam()
    job.save(trainer)
    report.event(
        "done",
        solved=state.solved is not None,
        outcome=OUTCOMES[code],
        sequences=state.sequences,
        seconds=state.seconds,
        wrong_bits=exam.wrong_per_sequence,
        bits_per_sequence=exam.bits_per_sequence,
        update=state.update,
        solved_at=None if state.solved is None else vars(state.solved),
        checkpoint=str(job.out),
    )


def facts(progress: Progress) -> dict[str, Any]:
    """One update's figures for a bar or a line."""
    return {
        "update": progress.update,
        "sequences": progress.sequences,
        "seconds": progress.seconds,
        "per_second": progress.sequences / max(progress.seconds, 1e-9),
        **progress.metrics,
    }
