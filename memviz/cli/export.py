"""Write one offline page with the scope: a single file that opens anywhere, without memviz and without a network.

memviz export episode.safetensors --html episode.html
memviz export checkpoint.safetensors --html probe.html    the checkpoint's probe episode
"""

from __future__ import annotations

import argparse
from pathlib import Path

from memviz.cli.exits import DONE


def declare(parser: argparse.ArgumentParser) -> None:
    """Flags of `memviz export`."""
    parser.add_argument("file", type=Path, metavar="FILE", help="a trace, a checkpoint, or an npz of arrays")
    parser.add_argument("--html", type=Path, required=True, metavar="OUT", help="the page to write")


def run(args: argparse.Namespace) -> int:
    """Read, draw nothing: the page draws itself in the browser that opens it."""
    from memviz import catalog
    from memviz.cli import files
    from memviz.contracts.view import panels_of
    from memviz.render.scope.encode import trace_frame
    from memviz.render.scope.page import page

    out = files.writable(args.html, "--html")
    trace = files.read_trace(args.file)
    panels = panels_of(catalog.views().values(), trace.signals)
    title = str(trace.meta.get("title", args.file.stem))
    out.write_text(page([trace_frame(trace, panels)], title), encoding="utf-8")
    print(out)
    return DONE
