"""What the routes and the pages of one server share: the runs, who watches them, the compiler, the files looked at."""

from __future__ import annotations

import asyncio
import secrets
import threading
from collections import OrderedDict
from collections.abc import Collection, Mapping
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import Any

from memviz import catalog
from memviz.contracts import logs, places
from memviz.contracts.errors import FileError
from memviz.contracts.panel import Panel
from memviz.contracts.signal import Signal
from memviz.contracts.trace import Trace
from memviz.contracts.view import panels_of
from memviz.render.limits import limits_of
from memviz.render.scope.encode import trace_frame
from memviz.ui.live.hub import Hub
from memviz.ui.live.prepare import Preparation
from memviz.ui.veil import veiled

FILES = 8  # looked-at files kept in memory; the oldest goes first


class Desk:
    """One of it in a process; see `desk`."""

    def __init__(self) -> None:
        self.hub = Hub(panels)
        self.preparation = Preparation()
        self.opened: Path | None = None  # what `memviz open` was given
        self.opened_token: str | None = None  # under which it is shown
        self.sockets = 0  # open ones
        self._files: OrderedDict[str, Trace] = OrderedDict()
        self._making = threading.Lock()

    @property
    def log(self) -> Path:
        """The file to look into when something failed."""
        return logs.path(logs.APP)

    @cached_property
    def registry(self) -> Any:
        """All runs. Made on first use, because it imports the trainer and with it numba; by one thread only."""
        with self._making:
            if "registry" in self.__dict__:  # another thread was quicker
                return self.__dict__["registry"]
            from memviz.training.runs.registry import Registry

            self.__dict__["registry"] = Registry(catalog.models(), catalog.tasks())
            return self.__dict__["registry"]

    def runs(self) -> list[Any]:
        """The runs in memory, the one used last at the end; asking makes no registry."""
        return self.registry.runs() if "registry" in self.__dict__ else []

    def open(self) -> None:
        """Begin to compile what the first Train will need. Called on the event loop."""
        self.preparation.begin(first_pair)

    async def close(self) -> None:
        """Save every run."""
        if "registry" in self.__dict__:
            await asyncio.to_thread(self.registry.close)

    def look(self, trace: Trace) -> str:
        """Keep a trace that a person brought, and return the unguessable token it is shown under."""
        token = secrets.token_urlsafe(12)
        self._files[token] = trace
        while len(self._files) > FILES:
            self._files.popitem(last=False)
        return token

    def holds(self, token: str) -> bool:
        """Whether the trace behind a token is still kept."""
        return token in self._files

    def looked_at(self, token: str) -> Trace:
        """The trace behind a token. Raises FileError when it is no longer kept."""
        trace = self._files.get(token)
        if trace is None:
            raise FileError("look: want a file that was opened here, got one that is gone (open it again)")
        return trace


@cache
def desk() -> Desk:
    """The process's own desk."""
    return Desk()


def panels(signals: Mapping[str, Signal], names: Collection[str] = ()) -> list[Panel]:
    """What the working views of these names, by default all, draw of these signals."""
    return panels_of([view for name, view in catalog.views().items() if not names or name in names], signals)


def recorded_path(model: str) -> Path:
    """The recorded episode that ships for a model: recorded/<model>-*.safetensors. Raises FileError without one."""
    found = sorted(path for path in places.asset("recorded").iterdir() if path.name.startswith(f"{model}-"))
    if not found:
        raise FileError(f"recorded: want an episode that ships, got none for {model!r:.40} (train one and look at it)")
    return found[0]


def has_recorded(model: str) -> bool:
    """Whether an episode ships for a model."""
    try:
        return recorded_path(model).is_file()
    except FileError:
        return False


@cache
def recorded_trace(model: str) -> Trace:
    """The episode that ships for a model. Raises FileError when there is none."""
    return Trace.load(recorded_path(model))


@cache
def recorded(model: str) -> bytes:
    """The frame of the episode that ships for a model, packed once. Raises FileError when there is none."""
    return shown(recorded_trace(model))


@lru_cache(maxsize=64)
def lesson_frame(name: str, last: int) -> bytes:
    """The frame of a lesson's episode up to a step. Raises MemvizError when there is no such lesson or episode."""
    lesson = catalog.lessons()[name]
    trace = lesson.trace()
    return trace_frame(
        veiled(trace, last), panels(trace.signals, lesson.views), source="recorded", limits=limits_of(trace)
    )


def shown(trace: Trace) -> bytes:
    """The frame of a trace that is no run's."""
    return trace_frame(trace, panels(trace.signals), source="recorded")


def first_pair() -> tuple[str, str]:
    """Model and task of the first recipe."""
    recipe = first_recipe()
    return recipe["model"], recipe["task"]


def first_recipe() -> dict[str, Any]:
    """What a newcomer's Train starts: the model and task of the first lesson, else the first of each."""
    for lesson in catalog.lessons().values():
        return {"model": lesson.model, "task": lesson.task, "preset": lesson.preset, "seed": lesson.seed}
    return {"model": next(iter(catalog.models())), "task": next(iter(catalog.tasks())), "preset": "lesson", "seed": 0}
