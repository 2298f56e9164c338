"""Start the app and print the addresses under which it can be reached.

  memviz app                      this machine only
  memviz app --host 0.0.0.0       everybody in your network can join; the page shows a QR code
  memviz app --data ./class       runs, autosaves, kernel cache and log go to that folder

Runs until Ctrl-C; running trainings are saved and can be resumed. Every limit can also be set in the environment, such
as MEMVIZ_DISK=1 for --disk 1; a flag wins.
"""

from __future__ import annotations

import argparse
import contextlib
import os
from pathlib import Path

from memviz.cli.arguments import knob, port
from memviz.cli.exits import DONE
from memviz.contracts.knob import knobs
from memviz.training.runs.limits import Limits, variable

HOST = "127.0.0.1"
PORT = 8501


def declare(parser: argparse.ArgumentParser) -> None:
    """Flags of `memviz app`; `memviz open` has them too."""
    parser.add_argument("--host", default=HOST, help=f"address to listen on; 0.0.0.0 lets others join (default {HOST})")
    parser.add_argument("--port", type=port, help=f"port to listen on (default: the first free one from {PORT} on)")
    parser.add_argument("--data", metavar="DIR", help="folder for runs, autosaves, kernel cache and log")
    limits = parser.add_argument_group("limits")
    for name, one in knobs(Limits).items():
        flag, metavar = f"--{name.replace('_', '-')}", "N" if one.whole else "X"
        limits.add_argument(
            flag, dest=name, type=knob(one), metavar=metavar, help=f"{one.doc} (default {one.default:g})"
        )


def run(args: argparse.Namespace) -> int:
    """Serve until interrupted."""
    return serve(args, None)


def serve(args: argparse.Namespace, opened: Path | None) -> int:
    """Print the addresses and serve the app, on `opened` if a file was given."""
    from memviz.cli import addresses, browser
    from memviz.contracts import places

    if args.data:
        os.environ["MEMVIZ_HOME"] = str(Path(args.data).expanduser().absolute())
    for name in knobs(Limits):
        if getattr(args, name) is not None:
            os.environ[variable(name)] = getattr(args, name)
    Limits.from_environment()  # refuses what the environment has wrong, before anything starts
    data = places.runs().parent
    number = addresses.free_port(args.host, args.port, PORT)
    mine, others = addresses.mine(number, args.host), addresses.others(number, args.host)
    print(f"memviz\n  on this machine  {mine}")
    if others:
        print(f"  others can join  {others}")
    elif addresses.lan_address():
        print(f"  others can join  not yet: start it with --host 0.0.0.0 (http://{addresses.lan_address()}:{number})")
    print(f"  data             {data}\n  Ctrl-C stops", flush=True)
    os.environ["MEMVIZ_JOIN"] = others or ""  # the page shows it as a QR code
    browser.show_when_up(mine)

    from memviz.ui.server import serve as serve_app

    with contextlib.suppress(KeyboardInterrupt):  # the usual way to stop it; the server has saved the runs by then
        serve_app(args.host, number, opened)
    return DONE
