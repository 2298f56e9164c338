"""Finds the models, tasks, views, lessons and reproductions where they lie and names none.

Adding a model, task, view or lesson is adding a folder, a reproduction is a file.
"""

from __future__ import annotations

import difflib
import functools
import importlib
import pkgutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from memviz.contracts import places
from memviz.contracts.errors import CatalogError, FileError
from memviz.contracts.lesson import read_lesson
from memviz.contracts.model import Model
from memviz.contracts.reproduction import Reproduction
from memviz.contracts.task import Task
from memviz.contracts.view import View


class Shelf(Mapping[str, Any]):
    """Entries by name, in alphabetical order; each is loaded when first asked for, once.

    As a mapping it holds what works. `names` lists every entry without loading any, `broken` says why the others
    do not load, so that nothing that fails is ever out of sight.
    """

    def __init__(self, sort: str, names: tuple[str, ...], load: Callable[[str], Any]) -> None:
        self.sort = sort  # "model", "task", "view", "lesson" or "reproduction"
        self.names = names
        self._load = load
        self._loaded: dict[str, Any] = {}  # an entry, or the exception that it raised

    @property
    def broken(self) -> dict[str, Exception]:
        """Why each broken entry is; loads all."""
        loaded = {name: self._entry(name) for name in self.names}
        return {name: entry for name, entry in loaded.items() if isinstance(entry, Exception)}

    def __getitem__(self, name: str) -> Any:
        """The entry. Raises CatalogError when there is none of that name, or when it is broken."""
        if name not in self.names:
            close = difflib.get_close_matches(str(name), self.names, n=1)
            remedy = f"did you mean {close[0]}?" if close else "memviz list shows them"
            have = ", ".join(self.names) or "none here"
            raise CatalogError(f"{self.sort}: want one of {have}, got {str(name)[:60]!r} ({remedy})")
        entry = self._entry(name)
        if isinstance(entry, Exception):
            reason = f"{type(entry).__name__}: {entry!s:.300}"
            raise CatalogError(f"{self.sort} {name}: want an entry that loads, got {reason} (mend it)") from entry
        return entry

    def __iter__(self) -> Iterator[str]:
        """The names that work; loads all."""
        return iter([name for name in self.names if not isinstance(self._entry(name), Exception)])

    def __len__(self) -> int:
        """How many work; loads all."""
        return sum(1 for _ in self)

    def __contains__(self, name: object) -> bool:
        """Whether an entry of that name works; loads only that one."""
        return name in self.names and not isinstance(self._entry(str(name)), Exception)

    def _entry(self, name: str) -> Any:
        if name not in self._loaded:
            try:
                self._loaded[name] = self._load(name)
            except Exception as error:  # whatever an entry raises is its own, and is shown
                self._loaded[name] = error
        return self._loaded[name]


@functools.cache
def models() -> Shelf:
    """The networks: each folder of models/ with a MODEL."""
    return _packages("model", "memviz.models", "MODEL", Model)


@functools.cache
def tasks() -> Shelf:
    """What they can learn: each folder of memviz/tasks/ with a TASK."""
    return _packages("task", "memviz.tasks", "TASK", Task)


@functools.cache
def views() -> Shelf:
    """The ways of looking: each folder of memviz/views/ with a VIEW."""
    return _packages("view", "memviz.views", "VIEW", View)


@functools.cache
def reproductions() -> Shelf:
    """The claims that can be put to the test: each file of memviz/study/reproductions/ with a REPRODUCTION."""
    return _packages("reproduction", "memviz.study.reproductions", "REPRODUCTION", Reproduction, folders=False)


@functools.cache
def lessons() -> Shelf:
    """What can be learned here: each folder of lessons/ with a lesson.toml."""
    try:
        folder = places.lessons_folder()
    except FileError:  # an installation without that folder has no lessons to list
        return Shelf("lesson", (), str)
    return lessons_in(folder)


def lessons_in(folder: Path) -> Shelf:
    """The lessons of any folder: ours, or a teacher's own."""
    names = tuple(sorted(path.parent.name for path in folder.glob("*/lesson.toml")))
    return Shelf("lesson", names, lambda name: read_lesson(folder / name))


def _packages(sort: str, package: str, constant: str, kind: type[Any], folders: bool = True) -> Shelf:
    found = pkgutil.iter_modules(importlib.import_module(package).__path__)
    names = tuple(sorted(module.name for module in found if module.ispkg == folders))

    def load(name: str) -> Any:
        entry = getattr(importlib.import_module(f"{package}.{name}"), constant, None)
        file = f"{name}/__init__.py" if folders else f"{name}.py"
        if not isinstance(entry, kind):
            got = "nothing of that name" if entry is None else type(entry).__name__
            raise CatalogError(f"{file}: want {constant} = {kind.__name__}(...), got {got} (define it)")
        if entry.name != name:
            where = "folder" if folders else "file"
            raise CatalogError(f"{file}: want name = {name!r}, got {entry.name!r:.60} (name it as its {where})")
        return entry

    return Shelf(sort, names, load)
