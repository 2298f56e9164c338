"""What the registry lends a run. Without them nobody waits, nothing is compiled and nothing is saved."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass

from memviz.training.config import TrainConfig
from memviz.training.runs.admission import Line, Tell
from memviz.training.setup import Setup


@dataclass(frozen=True)
class Hooks:
    """See the module."""

    line: Line | None = None
    compile: Callable[[Tell], None] | None = None  # given whom to tell how far it is
    save: Callable[[str, str], None] | None = None  # given state and message, hands a copy of the run to a writer
    autosave: float = 4.0  # seconds between two saves; with the writing, less than five
    patience: float = 120.0  # seconds that nobody may watch before it pauses
    # for the largest of these settings; raises ConfigError when that takes too much memory
    reserve: Callable[[Setup, list[TrainConfig]], None] | None = None
    # within it the run is told to train; raises ConfigError when its browser has too many runs at work
    admit: Callable[[], AbstractContextManager[None]] = nullcontext
