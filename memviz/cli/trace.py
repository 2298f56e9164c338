"""Record one episode of a checkpoint, step by step, as a trace file; print how well it went.

  memviz trace checkpoint.safetensors --out episode.safetensors
  memviz trace checkpoint.safetensors --length 40 --seed 7 --out long.safetensors --json

Without --seed and --length it is the episode that the app shows for this run. The exam is taken again too: wrong bits
and bits a sequence over fresh sequences, drawn by the run's seed and update.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from memviz.cli.arguments import whole
from memviz.cli.exits import DONE

if TYPE_CHECKING:
    from memviz.training.setup import Setup
    from memviz.training.state import TrainState


def declare(parser: argparse.ArgumentParser) -> None:
    """Flags of `memviz trace`."""
    parser.add_argument("checkpoint", type=Path, metavar="CHECKPOINT")
    parser.add_argument("--length", type=whole, metavar="N", help="how long a sequence (default: the probe's own)")
    parser.add_argument("--seed", type=whole, metavar="N", help="which episode (default: the run's own seed)")
    parser.add_argument("--gradients", action="store_true", help="also how the loss would change with every signal")
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help="the trace to write")
    parser.add_argument("--json", action="store_true", help="print the figures as one JSON object")


def run(args: argparse.Namespace) -> int:
    """Load, record, save, examine."""
    from memviz.cli import files
    from memviz.cli.progress import Bar

    out = files.writable(args.out, "--out")
    setup, state = files.read_checkpoint(args.checkpoint)
    trace = files.record(setup, state, args.seed, args.length, args.gradients, Bar(quiet=args.json))
    trace.save(out)
    facts = {
        "trace": str(out),
        "steps": trace.steps,
        "update": state.update,
        "scores": trace.meta["scores"],
        "exam": exam(setup, state),
        "findings": len(trace.findings),
    }
    print(json.dumps(facts) if args.json else _sentence(facts))
    return DONE


def exam(setup: Setup, state: TrainState) -> dict[str, Any]:
    """The exam of the state's parameters, taken anew: figures per sequence."""
    from memviz.training.exam import Examiner

    taken = Examiner(setup).take(setup.layout.views(state.params), state.update, state.carried)
    return {
        "sequences": taken.sequences,
        "wrong_bits": taken.wrong_per_sequence,
        "bits_per_sequence": taken.bits_per_sequence,
    }


def _sentence(facts: dict[str, Any]) -> str:
    scores = ", ".join(f"{name.replace('_', ' ')} {value:.4g}" for name, value in facts["scores"].items())
    return (
        f"{facts['steps']} steps at update {facts['update']:,}: {scores}\n"
        f"exam of {facts['exam']['sequences']} sequences: {facts['exam']['wrong_bits']:.4g} wrong bits, "
        f"{facts['exam']['bits_per_sequence']:.4g} bits a sequence\n{facts['trace']}"
    )
