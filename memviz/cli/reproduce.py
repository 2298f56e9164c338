"""Put a published figure to the test: train what it takes, and print the figure beside ours.

  memviz reproduce                            what can be reproduced, and how it came out where memviz was built
  memviz reproduce memory_initialisation      all its seeds, on all cores
  memviz reproduce copy --seeds 2 --json

Every row is kept the moment it is done, in the data folder; the same command again goes on where it was stopped. The
results that ship with memviz (page Evidence) were written with --out.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from memviz.cli.arguments import whole
from memviz.cli.exits import DONE

if TYPE_CHECKING:
    from memviz.contracts.reproduction import Reproduction


def declare(parser: argparse.ArgumentParser) -> None:
    """Flags of `memviz reproduce`."""
    parser.add_argument("name", metavar="NAME", nargs="?")
    parser.add_argument("--seeds", type=whole, default=0, metavar="N", help="fewer or more seeds than it says")
    parser.add_argument("--workers", type=whole, default=0, metavar="N", help="processes (default: as many as cores)")
    parser.add_argument("--out", type=Path, metavar="FILE", help="also write the result to a JSON file")
    parser.add_argument("--json", action="store_true", help="one JSON object a line on stdout, a line per row")


def run(args: argparse.Namespace) -> int:
    """Train what is missing and print the figures."""
    from memviz import catalog

    return reproduce(catalog.reproductions()[args.name], args) if args.name else listing(args.json)


def reproduce(one: Reproduction, args: argparse.Namespace) -> int:
    """All rows of one, then its figures."""
    from memviz.cli.files import writable
    from memviz.cli.progress import Bar
    from memviz.cli.sweep import command, follow
    from memviz.contracts import places
    from memviz.study.book import Book
    from memviz.study.reproduction import result
    from memviz.study.summary import by_arm
    from memviz.training.pace import cores
    from memviz.training.warm import ensure_warm

    out = writable(args.out, "--out") if args.out else None
    cells, workers = one.cells(args.seeds), args.workers or cores()
    book = Book(places.sweeps() / f"reproduce-{one.name}")
    book.begin(one.title, cells, {"command": command(), "workers": workers}, replace=True)
    with Bar(quiet=args.json) as bar:
        for model, task in {
            (cell.recipe["model"], cell.recipe["task"]): None for cell in cells if "model" in cell.recipe
        }:
            ensure_warm(model, task, lambda message: bar.show(None, message))
        follow(book, cells, workers, bar, args.json)
    rows = by_arm(book.rows(), [arm.name for arm in one.arms])
    told = result(one, rows, command())
    if out:
        out.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    say(told, args.json)
    return DONE


def listing(lines: bool) -> int:
    """What there is, with the figures that ship."""
    from memviz import catalog
    from memviz.study.reproduction import kept

    shipped = {told["name"]: told for told in kept()}
    for name, one in catalog.reproductions().items():
        if lines:
            print(json.dumps({"name": name, "title": one.title, "minutes": one.minutes, "kept": shipped.get(name)}))
        else:
            print(f"{name:<24} {one.title} (about {one.minutes:.0f} minutes)")
            print("".join(f"    {line(figure)}\n" for figure in shipped.get(name, {}).get("figures", ())), end="")
    return DONE


def say(told: dict[str, Any], lines: bool) -> None:
    """The figures, for people or as the last line."""
    if lines:
        print(json.dumps({"event": "done", **{name: told[name] for name in ("name", "figures", "versions")}}))
        return
    print(f"{told['title']}\n{told['claim']}\n{told['source']}\n")
    for figure in told["figures"]:
        print(line(figure))


def line(figure: dict[str, Any]) -> str:
    """One figure, with what was published."""
    mark = {True: "holds", False: "does not hold", None: ""}[figure["holds"]]
    return f"{figure['what']}: {figure['ours']}  [published: {figure['published'] or '-'}]  {mark}".rstrip()
