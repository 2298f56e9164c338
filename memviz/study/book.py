"""A study on disk: its cells, a line for every row that is done, and a word from every training that is under way.

<folder>/study.json   title, command, cells
<folder>/rows.jsonl   one JSON row a line, written whole or, by a killed process, cut: a cut last line is no row
<folder>/now/*.json   what trains at this moment
<folder>/lock         held by the process that computes rows: one at a time
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from memviz.contracts.errors import FileError
from memviz.study.cell import Cell
from memviz.study.executor import Executor, processes
from memviz.study.lock import held
from memviz.study.row import Row, answers, work

FORMAT = "memviz-study/1"
STALE = 30.0  # seconds without a word from a training
LARGEST = 64 * 2**20  # bytes of a rows file


@dataclass(frozen=True)
class Book:
    """One study's folder."""

    folder: Path

    def begin(self, title: str, cells: Sequence[Cell], facts: Mapping[str, Any], replace: bool = False) -> None:
        """Write what the study is. The same study again keeps the rows it has.

        Raises FileError on another one's, unless it is to replace that: rows of cells that are in both are kept; and
        while another process computes rows.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / "study.json"
        told = {"format": FORMAT, "title": title, **facts, "cells": [asdict(cell) for cell in cells]}
        if path.exists() and not replace and _arms(map(Cell.from_dict, self.read()["cells"])) != _arms(cells):
            raise FileError(f"{path}: want the study {title!r}, got another one (choose another name)")
        fresh = path.with_suffix(".new")
        with self._held():
            fresh.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
            fresh.replace(path)

    def read(self) -> dict[str, Any]:
        """What the study is. Raises FileError when that cannot be read."""
        path = self.folder / "study.json"
        try:
            told = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise FileError(f"{path}: want a study, got {error} (start it again)") from error
        if not isinstance(told, dict) or told.get("format") != FORMAT or not isinstance(told.get("cells"), list):
            raise FileError(f"{path}: want {FORMAT}, got something else (start it again)")
        return told

    def rows(self) -> list[Row]:
        """The rows that are done, the latest of each of the study's cells; one of another build is none (`answers`)."""
        path = self.folder / "rows.jsonl"
        if not path.exists():
            return []
        if path.stat().st_size > LARGEST:
            raise FileError(f"{path}: want at most {LARGEST} bytes, got {path.stat().st_size} (start it again)")
        found: dict[str, Row] = {}
        wanted = {cell.key: cell for cell in map(Cell.from_dict, self.read()["cells"])}
        for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
            row = _row(line)
            if row is not None and row["key"] in wanted and answers(row, wanted[row["key"]]):
                found[row["key"]] = row
        return list(found.values())

    def now(self) -> list[Row]:
        """The news of the trainings that are under way: a word that is older is of one that was killed."""
        fresh = (path for path in sorted((self.folder / "now").glob("*.json")) if _age(path) < STALE)
        found = (_json(path) for path in fresh)
        return [news for news in found if news is not None]

    def work(self, cells: Sequence[Cell], workers: int, executor: Executor = processes) -> Iterator[Row]:
        """Compute the rows that are missing, keeping each the moment it is done.

        Missing is also one that the clock cut short, if it may train longer now. Raises FileError when another process
        is at it, naming that one.
        """
        if not self._missing(cells):
            return
        with self._held():
            now = self.folder / "now"
            now.mkdir(exist_ok=True)
            missing = self._missing(cells)  # the last holder may have computed some since
            tasks = [(work, (json.dumps(asdict(cell)), str(now / f"{cell.key}.json"))) for cell in missing]
            for _, text in executor(tasks, workers) if tasks else ():
                self._keep(text)
                yield json.loads(text)

    def _held(self) -> AbstractContextManager[None]:
        return held(self.folder / "lock")

    def _missing(self, cells: Sequence[Cell]) -> list[Cell]:
        have = {row["key"] for row in self.rows()}
        return [cell for cell in cells if cell.key not in have]

    def _keep(self, text: str) -> None:
        """Append one line; a line that a killed process left unfinished is ended first."""
        path = self.folder / "rows.jsonl"
        with path.open("ab+") as file:
            if file.seek(0, os.SEEK_END):
                file.seek(-1, os.SEEK_END)
                if file.read(1) != b"\n":
                    file.write(b"\n")
            file.write(text.encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())


def _arms(cells: Iterable[Cell]) -> set[str]:
    """The study's arms, whatever their seeds and their time."""
    return {
        json.dumps([cell.arm, {**cell.untimed, "seed": 0}, cell.lengths, cell.episodes], sort_keys=True)
        for cell in cells
    }


def _age(path: Path) -> float:
    try:
        return time.time() - path.stat().st_mtime
    except OSError:  # it was done just now
        return float("inf")


def _row(line: str) -> Row | None:
    try:
        row = json.loads(line)
    except ValueError:
        return None
    return row if isinstance(row, dict) and {"key", "arm", "seed"} <= row.keys() else None


def _json(path: Path) -> Row | None:
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):  # it was done, or is being replaced, just now
        return None
    return value if isinstance(value, dict) else None
