"""A published claim, the trainings that put it to the test, and the figures of both, side by side.

Adding one is adding one file to memviz/study/reproductions with a constant REPRODUCTION. Its result is kept in
assets/reproductions/<name>.json: the command, the versions, a row per seed, and the figures computed from the rows.
"""

from __future__ import annotations

import importlib
import json
import pkgutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

import memviz
from memviz.contracts import places
from memviz.contracts.errors import CatalogError, FileError
from memviz.ops import versions
from memviz.study import reproductions
from memviz.study.cell import Cell, Setting
from memviz.study.row import Row

FORMAT = "memviz-reproduction/1"


@dataclass(frozen=True)
class Figure:
    """One number of the literature and ours. `holds`: whether ours says the same; None where nothing is claimed."""

    what: str  # "median sequences to solve, constant memory"
    published: str
    ours: str
    holds: bool | None = None


@dataclass(frozen=True)
class Reproduction:
    """A claim and its test. `figures` reads them off the rows (arm -> rows by seed)."""

    name: str
    title: str
    claim: str  # one or two sentences: what was published
    source: str  # paper, section, figure or table
    arms: Sequence[Setting]
    figures: Callable[[Mapping[str, Sequence[Row]]], list[Figure]]
    seeds: int = 10
    first_seed: int = 2000  # no setting was chosen on seeds from here on
    minutes: float = 15.0  # about so long on two cores

    def cells(self, seeds: int | None = None) -> list[Cell]:
        """Every training, arm by arm."""
        chosen = range(self.first_seed, self.first_seed + (seeds or self.seeds))
        return [cell for arm in self.arms for cell in arm.cells(chosen)]


@cache
def every() -> Mapping[str, Reproduction]:
    """All that are here, by name."""
    found = {}
    for module in pkgutil.iter_modules(reproductions.__path__):
        entry = importlib.import_module(f"{reproductions.__name__}.{module.name}").REPRODUCTION
        if entry.name != module.name:
            raise CatalogError(f"reproductions.{module.name}: want its own name, got {entry.name!r} (rename one)")
        found[entry.name] = entry
    return found


def named(name: str) -> Reproduction:
    """One by name. Raises CatalogError with the names there are."""
    if name not in every():
        raise CatalogError(f"reproduce: want one of {', '.join(every())}, got {name!r:.40} (choose one)")
    return every()[name]


def result(one: Reproduction, rows: Mapping[str, Sequence[Row]], command: str) -> dict[str, Any]:
    """All that is kept of it."""
    told = {name: getattr(one, name) for name in ("name", "title", "claim", "source")}
    return {
        "format": FORMAT,
        **told,
        "command": command,
        "versions": {"memviz": memviz.__version__, **versions()},
        "figures": [asdict(figure) for figure in one.figures(rows)],
        "rows": [row for found in rows.values() for row in found],
    }


def kept() -> list[dict[str, Any]]:
    """The results that ship with memviz, by name. Raises FileError on a damaged one."""
    try:
        folder = places.asset("reproductions")
    except FileError:  # none were shipped
        return []
    return [read(path) for path in sorted(folder.glob("*.json"))]


def read(path: Path) -> dict[str, Any]:
    """One result. Raises FileError when the file holds none."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise FileError(f"{path}: want a reproduction's result, got {error} (run it again)") from error
    needed = {"format", "name", "title", "claim", "source", "command", "versions", "figures", "rows"}
    if not isinstance(found, dict) or not needed <= found.keys() or found["format"] != FORMAT:
        raise FileError(f"{path}: want {FORMAT}, got something else (run it again)")
    return found
