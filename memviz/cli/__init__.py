"""The command line: `memviz app | list | train | trace | lengths | open | export | sweep | reproduce | bench`.

Each is a file. A command module has `declare(parser)`, which must import nothing heavy, and `run(args) -> exit code`,
which may.
"""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Sequence
from typing import NoReturn

import memviz
from memviz.cli.exits import USAGE, guarded, say

# name -> (module, one line of help)
COMMANDS = {
    "app": ("app", "start the app and print its addresses"),
    "list": ("listing", "models, tasks, views and lessons that are here"),
    "train": ("train", "train a model on a task"),
    "trace": ("trace", "record one episode of a checkpoint"),
    "lengths": ("lengths", "errors of a checkpoint at lengths it was not trained on"),
    "open": ("open_file", "start the app on a trace or a checkpoint"),
    "export": ("export", "one offline page with the scope from a trace or a checkpoint"),
    "sweep": ("sweep", "train over seeds and the values of knobs, on all cores"),
    "reproduce": ("reproduce", "put a published figure to the test"),
    "bench": ("bench", "measure the speed of this machine's core"),
}


class Parser(argparse.ArgumentParser):
    """argparse, but wrong usage is one line."""

    def error(self, message: str) -> NoReturn:
        """Say it in one line and stop with the usage code."""
        raise SystemExit(say(f"{message} (try: {self.prog} --help)", USAGE))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit code (see `memviz.cli.exits`)."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")  # a terminal that knows only ASCII must not stop us
    args = _parser().parse_args(arguments)
    return guarded(lambda: int(args.run(args)))


def _parser() -> argparse.ArgumentParser:
    parser = Parser(prog="memviz", description=memviz.__doc__)
    parser.add_argument("--version", action="version", version=f"memviz {memviz.__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True, parser_class=Parser)
    for name, (module, line) in COMMANDS.items():
        command = importlib.import_module(f"memviz.cli.{module}")
        sub = commands.add_parser(name, help=line, description=command.__doc__)
        sub.formatter_class = argparse.RawDescriptionHelpFormatter
        command.declare(sub)
        sub.set_defaults(run=command.run)
    return parser
