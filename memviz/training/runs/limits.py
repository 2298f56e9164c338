"""What the runs of a server may take: flags of `memviz app`, or MEMVIZ_<NAME> in the environment (MEMVIZ_DISK=1).

A limit is a knob, so that a flag, its help and its range come from one line here.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass

from memviz.contracts.errors import ConfigError
from memviz.contracts.knob import check, knob, knobs
from memviz.training.pace import cores

GIB = 1 << 30


@dataclass(frozen=True)
class Limits:
    """What the runs of a server may take."""

    training: int = knob(cores(), 1, 1024, "runs that train at once; the others wait in line")
    per_browser: int = knob(8, 1, 1024, "runs of one browser that train or wait at once")
    runs: int = knob(32, 0, 4096, "runs kept in memory; those that rest unwatched longest go to disk first")
    run_memory: float = knob(4.0, 0.001, 4096.0, "GiB that the work arrays of one run may take")
    total_memory: float = knob(16.0, 0.001, 65536.0, "GiB that the work arrays of all runs in memory may take together")
    disk: float = knob(4.0, 0.0, 65536.0, "GiB of all saved runs; the oldest lose their records first, then go")
    patience: float = knob(120.0, 1.0, 1e9, "seconds without a viewer before a run pauses")
    autosave: float = knob(4.0, 0.1, 3600.0, "seconds of training between two saves")

    def __post_init__(self) -> None:
        """Raise ConfigError at the first limit out of range."""
        check(self)

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Limits:
        """The limits that the environment sets, the others by default. Raises ConfigError, naming the variable."""
        found = {}
        for name, one in knobs(cls).items():
            if text := environment.get(variable(name), ""):
                try:
                    found[name] = one.parse(text)
                except ConfigError as error:
                    raise ConfigError(f"{variable(name)}: {error}") from error
        return cls(**found)


def variable(name: str) -> str:
    """The environment variable of a limit."""
    return f"MEMVIZ_{name.upper()}"
