"""Saved memories by what they hold, so that a recipe can name one: <home>/memories/<id>.safetensors, memviz-memory/1.

An id is the SHA-256 of shape and float32 numbers: the same memory has the same id on every machine. At most 256 MiB are
kept; beyond that those stored or used longest ago go. A run that started from one has it in its own files.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from memviz.contracts.errors import ConfigError, FileError
from memviz.training import memory as files
from memviz.training.memory import id_of

ID = re.compile(r"[0-9a-f]{64}")
BYTES = 256 << 20


class Memories:
    """The memories of one data folder."""

    def __init__(self, home: Path, limit: int = BYTES) -> None:
        self._folder, self._limit = home / "memories", limit

    def put(self, memory: np.ndarray, about: Mapping[str, Any] | None = None) -> str:
        """Keep a memory (slot, word), and return its id. `about`: where it comes from, JSON values."""
        id = id_of(memory)
        path = self._path(id)
        if self._sound(path, id):
            os.utime(path)
        else:  # new, or damaged
            files.write(path, memory, about or {})
            self._prune(path)
        return id

    def get(self, id: Any) -> np.ndarray:
        """The memory (slot, word) of an id. Raises ConfigError when it is none, or not here."""
        if not isinstance(id, str) or not ID.fullmatch(id):
            raise ConfigError(
                f"recipe.memory: want the 64 hex digits of a saved memory, got {id!r:.40} (copy it again)"
            )
        path = self._path(id)
        if not path.is_file():
            raise ConfigError(
                f"recipe.memory: want a memory that is kept on this machine, got {id:.12}..., which is not here "
                "(get its file and run memviz train MODEL TASK --memory FILE once, or leave the memory out)"
            )
        memory, _ = files.load(path)
        if id_of(memory) != id:
            raise ConfigError(f"recipe.memory: want the memory {id:.12}..., got another in {path} (delete that file)")
        os.utime(path)
        return memory

    def _sound(self, path: Path, id: str) -> bool:
        if not path.exists():
            return False
        try:
            return id_of(files.load(path)[0]) == id
        except FileError:
            return False

    def _path(self, id: str) -> Path:
        return self._folder / f"{id}.safetensors"

    def _prune(self, but: Path) -> None:
        others = [(path.stat(), path) for path in self._folder.glob("*.safetensors") if path != but]
        total = but.stat().st_size + sum(about.st_size for about, _ in others)
        for about, path in sorted(others, key=lambda one: one[0].st_mtime):
            if total <= self._limit:
                return
            path.unlink(missing_ok=True)
            total -= about.st_size
