"""Start the app on a trace or a checkpoint.

memviz open episode.safetensors
"""

from __future__ import annotations

import argparse
from pathlib import Path

from memviz.cli import app


def declare(parser: argparse.ArgumentParser) -> None:
    """Flags of `memviz open`."""
    parser.add_argument("file", type=Path, metavar="FILE", help="a trace or a checkpoint")
    app.declare(parser)


def run(args: argparse.Namespace) -> int:
    """Refuse a file that cannot be read before anything starts, then serve the app on it."""
    from memviz.cli import files

    files.read(args.file)
    return app.serve(args, args.file.absolute())
