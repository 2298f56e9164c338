"""Measure this machine: the core beside its torch twin and the machine's peak, starts, and seconds to solve.

  memviz bench --model ntm              every row of one model; 22 minutes with --compile, on a quiet machine
  memviz bench                          of all models; several times as long
  memviz bench --quick                  a few short rounds, to see that it works
  memviz bench --rows throughput --model ntm --batches 16 --compile --json
  memviz bench --rows table --out assets/results/lesson.json

Rows:
  throughput   sequences a second (forward, backward, clip, update) at batch 1, 4, 16, 64: the core, the torch twin
               eager at its best thread count, with --compile also compiled; ratios; operations a second beside the
               machine's measured sgemm peak, on one core and on two; other sizes too, where a figure is asked of them
  package      the DNC beside the PyPI package of that name, whole updates of both; says so where it is not installed
  topk         exact reads of the 8 nearest of 10,000 keys of width 64, beside NumPy's matrix product and argpartition
  start        seconds from the command line to the first update, cold and warm, and to an app that answers
  viewers      training speed while a client or a browser looks on, and the age of a trace when it is seen
  page         a real browser: seconds from `memviz app` to the first picture, frames a second while scrubbing
  solve        sequences and seconds until solved, over 10 fresh seeds of --max-seconds (60) each at most, and how many
               then make no error on sequences far longer than any they saw
  table        every model on every task at the lesson preset, on one core: the runs behind the app's table. Three
               seeds where the first is solved within --max-seconds (20); stopped, it goes on where it was

Contenders take turns in processes of their own, round after round; figures are medians. Leave the machine alone. A row
says what is asked of it (assets/bench-bars.json) and whether that is reached.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from memviz.cli.arguments import numbers, positive, seconds
from memviz.cli.exits import DONE


def declare(parser: argparse.ArgumentParser) -> None:
    """Flags of `memviz bench`."""
    parser.add_argument("--rows", metavar="ROW,...", help="only these rows")
    parser.add_argument("--model", help="default: every model with a memory")
    parser.add_argument("--task", help="default: copy; for the table, every task")
    parser.add_argument("--preset", default="paper", help="default: paper")
    parser.add_argument("--set", action="append", default=[], metavar="KNOB=VALUE", help="change a knob")
    parser.add_argument(
        "--compile", action="store_true", help="also the twin with a compiled step (minutes to warm up)"
    )
    parser.add_argument("--quick", action="store_true", help="a few short rounds: shows that it works, not how fast")
    parser.add_argument("--batches", type=numbers, default=(), metavar="N,...", help="default: 1,4,16,64")
    parser.add_argument("--seeds", type=positive, metavar="N", help="seeds to solve (default: 10; for the table, 3)")
    parser.add_argument("--max-seconds", type=seconds, metavar="S", help="most seconds of one training to solve")
    parser.add_argument("--out", type=Path, metavar="FILE", help="also write the rows to a JSON file")
    parser.add_argument("--json", action="store_true", help="one JSON object a line on stdout, a line per row")


def run(args: argparse.Namespace) -> int:
    """Measure, printing every row as soon as it is there."""
    from memviz import bench
    from memviz.bench.stats import table
    from memviz.cli.files import writable
    from memviz.cli.progress import Bar

    out = writable(args.out, "--out") if args.out else None  # before an hour is spent
    asked = args.model, args.task, args.preset, args.compile, args.quick, args.seeds, tuple(args.set)
    plan = bench.Plan(*asked, args.batches, args.max_seconds)
    rows = []
    with Bar(quiet=args.json) as bar:
        for row in bench.measure(bench.names(args.rows), plan, bar.show):
            rows.append(row)
            if args.json:
                print(json.dumps(row), flush=True)
    if not args.json:
        print(table(rows))
    if out:
        out.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
    return DONE
