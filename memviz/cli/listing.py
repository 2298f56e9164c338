"""Print the models, tasks, views, lessons and reproductions that are here; a broken one is listed with its reason.

memviz list
memviz list --json    also every knob of a model or task: its default, range and meaning
"""

from __future__ import annotations

import argparse
import dataclasses
import json
from typing import Any

from memviz.cli.exits import DONE


def declare(parser: argparse.ArgumentParser) -> None:
    """Flags of `memviz list`."""
    parser.add_argument("--json", action="store_true", help="one JSON object instead of text")


def run(args: argparse.Namespace) -> int:
    """Print what the catalog finds."""
    from memviz import catalog

    shelves = (catalog.models(), catalog.tasks(), catalog.views(), catalog.lessons(), catalog.reproductions())
    found = {shelf.sort + "s": [_entry(shelf[name]) for name in shelf] for shelf in shelves}
    broken = {f"{shelf.sort} {name}": str(error) for shelf in shelves for name, error in shelf.broken.items()}
    if args.json:
        print(json.dumps({**found, "broken": broken}, indent=1))
        return DONE
    for sort, entries in found.items():
        print(sort)
        for entry in entries:
            print(f"  {entry['name']:<24} {entry['doc']}".rstrip())
    for name, reason in broken.items():
        print(f"broken: {name}: {' '.join(reason.split())}")
    return DONE


def _entry(entry: Any) -> dict[str, Any]:
    """What can be said of any entry: its name, what it is, and its knobs and presets if it has them."""
    from memviz.contracts.knob import knobs

    said = {"name": entry.name, "title": entry.title, "doc": getattr(entry, "doc", entry.title)}
    if hasattr(entry, "config"):
        said["knobs"] = {name: _knob(one) for name, one in knobs(entry.config).items()}
        said["presets"] = {name: dataclasses.asdict(preset) for name, preset in entry.presets.items()}
    return said


def _knob(one: Any) -> dict[str, Any]:
    limits = {"options": list(one.options)} if one.options else {"low": one.low, "high": one.high}
    limits = {"pattern": one.pattern} if one.pattern else limits
    return {"default": one.default, **limits, "doc": one.doc}
