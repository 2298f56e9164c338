"""Train a model on a task over several seeds, and over every combination of knobs' values, on all cores.

  memviz sweep ntm copy --seeds 10
  memviz sweep ntm copy --set model.memory=constant,learned,random --seeds 10
  memviz sweep ntm copy --set N=16,32 --set rate=1e-3,3e-3 --lengths 20,40 --json

Every row is kept the moment it is done. The same command again goes on where it was stopped or killed, with the rows
that are missing; with a larger --max-seconds it also computes again what the clock cut short. One process at a time is
at work on a sweep. The app shows it while it runs and afterwards (Lab, More, Sweeps).

Exit codes: 0 all rows are there; 2 wrong usage; 130 interrupted (the rows that were done are kept).
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from typing import TYPE_CHECKING, Any

from memviz.cli.arguments import numbers, positive, seconds, until, whole
from memviz.cli.exits import DONE

if TYPE_CHECKING:
    from memviz.cli.progress import Bar
    from memviz.study.book import Book
    from memviz.study.cell import Cell


def declare(parser: argparse.ArgumentParser) -> None:
    """Flags of `memviz sweep`."""
    parser.add_argument("model", metavar="MODEL")
    parser.add_argument("task", metavar="TASK")
    parser.add_argument("--preset", default="lesson", help="a named starting point (default: lesson)")
    parser.add_argument(
        "--set", action="append", default=[], metavar="KNOB=V,V,...", help="values to try; may be repeated"
    )
    parser.add_argument("--seeds", type=positive, default=10, metavar="N", help="seeds 0..N-1 of every setting (10)")
    parser.add_argument("--workers", type=whole, default=0, metavar="N", help="processes (default: as many as cores)")
    parser.add_argument("--until", type=until, metavar="solved|UPDATES", help="when a training stops (default: solved)")
    parser.add_argument("--max-seconds", type=seconds, default=120.0, metavar="S", help="most seconds of one (120)")
    parser.add_argument("--lengths", type=numbers, default=(), metavar="L,...", help="test on these unseen lengths")
    parser.add_argument("--name", help="the folder in the data folder's sweeps (default: from the settings)")
    parser.add_argument("--json", action="store_true", help="one JSON object a line on stdout, a line per row")


def run(args: argparse.Namespace) -> int:
    """Train what is missing and print the summary."""
    from memviz import catalog
    from memviz.cli.progress import Bar
    from memviz.contracts import places
    from memviz.study.book import Book
    from memviz.study.sweep import arms
    from memviz.training.pace import cores
    from memviz.training.warm import ensure_warm

    model, task = catalog.models()[args.model], catalog.tasks()[args.task]
    budget = {"solved": args.until is None, "updates": args.until or 0, "seconds": args.max_seconds}
    found = arms(model, task, args.preset, args.set, budget, args.lengths)
    cells = [cell for arm in found for cell in arm.cells(range(args.seeds))]
    book = Book(places.sweeps() / folder_name(args))
    book.begin(f"{model.title} on {task.title}", cells, {"command": command(), "workers": args.workers or cores()})
    with Bar(quiet=args.json) as bar:
        ensure_warm(args.model, args.task, lambda message: bar.show(None, message))
        follow(book, cells, args.workers or cores(), bar, args.json)
    conclude(book, [arm.name for arm in found], args.json)
    return DONE


def follow(book: Book, cells: list[Cell], workers: int, bar: Bar, lines: bool) -> None:
    """Print or show every row as it is done."""
    done, every = len(book.rows()), len(cells)
    bar.show(done / every, f"{done} of {every} rows")
    for row in book.work(cells, workers):
        done += 1
        how = "" if "solved" not in row else f": solved after {row['sequences']:,}" if row["solved"] else ": not solved"
        bar.show(done / every, f"{done} of {every} rows; {row['arm']}, seed {row['seed']}{how}")
        if lines:
            print(json.dumps({"event": "row", **row}), flush=True)


def conclude(book: Book, order: list[str], lines: bool) -> None:
    """Print how every setting did."""
    from memviz.bench.stats import table
    from memviz.study.summary import by_arm, solved

    found: list[dict[str, Any]] = [{"arm": arm, **solved(rows)} for arm, rows in by_arm(book.rows(), order).items()]
    if lines:
        print(json.dumps({"event": "done", "arms": found, "folder": str(book.folder)}), flush=True)
    else:
        print(table(found))
        print(book.folder)


def folder_name(args: argparse.Namespace) -> str:
    """The name asked for, or one that the same settings always give."""
    if args.name:
        kept = "".join(c if c.isalnum() or c in "-_" else "-" for c in args.name)
        return str(kept)[:80]
    told = json.dumps([args.preset, sorted(args.set), args.until, args.lengths])
    return f"{args.model}-{args.task}-{hashlib.sha256(told.encode()).hexdigest()[:8]}"


def command() -> str:
    """How the study was started, for whoever wants to repeat it."""
    return "memviz " + " ".join(sys.argv[1:])
