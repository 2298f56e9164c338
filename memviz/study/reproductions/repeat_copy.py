"""Graves 2014: a memory network learns to say a sequence a given number of times, at a size for two cores."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import inf

from memviz.contracts.reproduction import Figure, Reproduction
from memviz.study.cell import Arm
from memviz.study.figures import carried, learns
from memviz.study.row import Row
from memviz.study.summary import solved

LONGER = 12  # words, after 1 to 6
BUDGET = {"solved": True, "updates": 40_000}  # 320,000 sequences; 8 of 10 NTMs need less than half
NETWORKS = ("ntm", "dnc", "lstm")


def figures(rows: Mapping[str, Sequence[Row]]) -> list[Figure]:
    """Seeds solved, and how the three compare."""
    ntm, lstm = (solved(rows[name])["sequences_median"] or inf for name in ("ntm", "lstm"))
    ours = " against ".join("more than half never" if took == inf else f"{took:,.0f}" for took in (ntm, lstm))
    return [
        *(learns(name, rows[name], "learns the task") for name in ("ntm", "dnc")),
        Figure("ntm against lstm, median sequences (holds if fewer)", "learns much faster", ours, ntm < lstm),
        *(carried(name, rows[name], LONGER) for name in NETWORKS),
    ]


REPRODUCTION = Reproduction(
    name="repeat_copy",
    title="Saying a sequence several times",
    claim="An NTM learns to repeat a sequence the number of times it is told, far sooner than an LSTM, and carries it "
    "to longer sequences. Here with words of 6 bits, 1 to 6 of them, 1 to 6 times; the paper has 1 to 10 of both.",
    source="Graves, Wayne, Danihelka 2014, section 4.2, figures 7 and 8",
    arms=[Arm(name, name, "repeat_copy", "lesson", {}, (LONGER,), BUDGET) for name in NETWORKS],
    figures=figures,
)
