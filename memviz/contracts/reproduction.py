"""A published claim, the trainings that put it to the test, and the figures of both, side by side."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol


class Setting(Protocol):
    """What a study compares: a name, and cells (see memviz/study/cell.py) that differ only in their seed."""

    @property
    def name(self) -> str:
        """What its rows are kept under."""

    def cells(self, seeds: Iterable[int]) -> list[Any]:
        """One a seed."""


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
    figures: Callable[[Mapping[str, Sequence[Mapping[str, Any]]]], list[Figure]]
    seeds: int = 10
    first_seed: int = 2000  # no setting was chosen on seeds from here on
    minutes: float = 15.0  # about so long on two cores

    def cells(self, seeds: int | None = None) -> list[Any]:
        """Every training, arm by arm."""
        chosen = range(self.first_seed, self.first_seed + (seeds or self.seeds))
        return [cell for arm in self.arms for cell in arm.cells(chosen)]
