"""Belady 1966: no policy that cannot see the future hits more often than the one that can; how far each falls short."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from memviz import catalog
from memviz.contracts.knob import from_dict
from memviz.contracts.reproduction import Figure, Reproduction
from memviz.ops.policies import RULES
from memviz.ops.policies.simulate import hit_rate, simulate
from memviz.study.cell import Cell
from memviz.study.row import Row, Tell
from memviz.study.summary import mean
from memviz.training.keys import generator

DRIFTS = ("zipf", "recency", "periodic", "shifting")
LENGTH = 2000  # items of a stream
CAPACITY = 8  # slots, of 24 different items
STREAM, BEST = 0x57E4, "belady"


@dataclass(frozen=True)
class Stream:
    """A Setting that trains nothing: every policy on streams of one drift."""

    name: str

    def cells(self, seeds: Iterable[int]) -> list[Cell]:
        """One stream a seed."""
        task = {"task": "stream", "knobs": {"task": {"drift": self.name}}}
        return [Cell(self.name, {**task, "seed": seed}, measure=__name__) for seed in seeds]


def measure(cell: Cell, tell: Tell) -> dict[str, Any]:
    """The hit rate of every policy on one stream of the task; merge goes by the items' keys, bits as -1 and 1."""
    task, seed = catalog.tasks()[cell.recipe["task"]], cell.recipe["seed"]
    config = from_dict(task.config, cell.recipe["knobs"]["task"])
    episode = task.sample(config, generator(STREAM, seed), LENGTH)
    shown = episode.inputs[::2, : config.key]  # an item is asked for, then told
    keys, items = np.unique(shown, axis=0, return_inverse=True)
    stream = items.reshape(-1), CAPACITY, seed, 2 * keys - 1
    rates = {policy: hit_rate(simulate(policy, *stream)[1]) for policy in RULES}
    return {"hit_rates": rates}


def figures(rows: Mapping[str, Sequence[Row]]) -> list[Figure]:
    """Every policy's hits as a part of the optimum's, stream by stream."""
    found = []
    for drift, each in rows.items():
        bound = mean(row["hit_rates"][BEST] for row in each)
        found.append(Figure(f"{drift}: {BEST}", "the optimum", f"{100 * bound:.1f} % hits"))
        for policy in RULES:
            if policy != BEST:  # that none beats the optimum is a theorem, and a test of the policies
                rate = mean(row["hit_rates"][policy] for row in each)
                ours = f"{100 * rate:.1f} % hits, {100 * rate / bound:.0f} % of the optimum's"
                found.append(Figure(f"{drift}: {policy}", "at most the optimum", ours))
    return found


REPRODUCTION = Reproduction(
    name="eviction",
    title="What a memory gives up when it is full",
    claim="The policy that evicts the item needed farthest in the future hits as often as any can; every other falls "
    "short, and which one comes closest depends on how items come back. Streams of 2,000 items out of 24, 8 slots.",
    source="Belady 1966, A study of replacement algorithms for a virtual-storage computer",
    arms=[Stream(drift) for drift in DRIFTS],
    figures=figures,
    minutes=1,
)
