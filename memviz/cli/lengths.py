"""How a checkpoint fares on lengths it was not trained on: the share of wrong answers, length by length.

  memviz lengths checkpoint.safetensors                     up to three times the longest trained on
  memviz lengths checkpoint.safetensors --lengths 8,16,32 --episodes 50 --json
  memviz lengths checkpoint.safetensors --out lengths.safetensors && memviz open lengths.safetensors

--out writes a trace that the app draws as a heat map, length by step (the Lab has it too: More, Full-size figures).
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from memviz.cli.arguments import numbers, positive, whole
from memviz.cli.exits import DONE


def declare(parser: argparse.ArgumentParser) -> None:
    """Flags of `memviz lengths`."""
    parser.add_argument("checkpoint", type=Path, metavar="CHECKPOINT")
    parser.add_argument("--lengths", type=numbers, default=(), metavar="N,...", help="in the task's unit: words, ...")
    parser.add_argument("--episodes", type=positive, default=10, metavar="N", help="fresh ones of each length (10)")
    parser.add_argument("--seed", type=whole, default=0, metavar="N", help="which episodes (default: 0)")
    parser.add_argument("--out", type=Path, metavar="FILE", help="also write the heat map, as a trace")
    parser.add_argument("--json", action="store_true", help="print the figures as one JSON object")


def run(args: argparse.Namespace) -> int:
    """Load, answer episodes of every length, print."""
    from memviz.cli import files
    from memviz.cli.progress import Bar
    from memviz.debug.lengths import length_errors
    from memviz.training.warm import ensure_warm

    out = files.writable(args.out, "--out") if args.out else None
    setup, state = files.read_checkpoint(args.checkpoint)
    with Bar(quiet=args.json) as bar:
        ensure_warm(setup.model.name, setup.task.name, lambda message: bar.show(None, message))
        bar.show(None, "answering episodes of every length")
        params = setup.layout.views(state.params)
        trace = length_errors(setup, params, args.lengths, args.episodes, args.seed, state.carried)
    if out:
        trace.save(out)
    told = facts(trace.meta)
    print(json.dumps(told) if args.json else sentence(told))
    if out and not args.json:
        print(out)
    return DONE


def facts(meta: Any) -> dict[str, Any]:
    """What a machine wants to know."""
    by_length = [{"length": n, "wrong": wrong} for n, wrong in zip(meta["lengths"], meta["wrong"], strict=True)]
    return {**{name: meta[name] for name in ("model", "task", "episodes", "trained")}, "lengths": by_length}


def sentence(told: dict[str, Any]) -> str:
    """A line a length, and how it is to be read."""
    lines = [f"{told['model']} on {told['task']}, {told['episodes']} episodes of each length"]
    for each in told["lengths"]:
        longer = "" if each["length"] <= told["trained"] else "   longer than trained on"
        lines.append(f"  length {each['length']:>4}  {100 * each['wrong']:6.2f} % of the answers wrong{longer}")
    return "\n".join(lines)
