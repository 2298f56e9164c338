"""What came of a reproduction, as it is kept in assets/reproductions/<name>.json.

The command, the versions, a row per seed, and the figures computed from the rows.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import memviz
from memviz.contracts import places
from memviz.contracts.errors import FileError
from memviz.contracts.reproduction import Reproduction
from memviz.ops import versions
from memviz.study.row import Row

FORMAT = "memviz-reproduction/1"


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
