"""Graves 2014: an NTM learns copying and carries it to lengths it never saw; an LSTM without a memory does not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from memviz.contracts.reproduction import Figure, Reproduction
from memviz.study.cell import Arm
from memviz.study.figures import carried, fails, learns
from memviz.study.row import Row

PUBLISHED = {40: "near perfect", 80: "few errors", 120: "degrades, as the memory wraps"}
BUDGET = {"solved": True, "updates": 5000}  # 40,000 sequences, what the published runs took at most
MEMORIES = {"training": {"polish": 20_000}}  # sequences on after it is solved, at a falling rate


def figures(rows: Mapping[str, Sequence[Row]]) -> list[Figure]:
    """Seeds solved, sequences, and the part of the bits that are wrong at every unseen length."""
    return [
        learns("ntm", rows["ntm"], "about 0 wrong bits by 17,000 to 40,000 sequences"),
        learns("dnc", rows["dnc"], "learns the task"),
        fails("lstm", rows["lstm"], "learns far more slowly"),
        *(carried("ntm", rows["ntm"], n, said, 0.05 if n == 40 else 0) for n, said in PUBLISHED.items()),
        *(carried(name, rows[name], n) for name in ("dnc", "lstm") for n in PUBLISHED),
    ]


REPRODUCTION = Reproduction(
    name="copy",
    title="Copying, and copying what is longer than anything seen",
    claim="Trained on 1 to 20 words of 8 bits, an NTM makes nearly no error up to there and few at 40; with 128 slots "
    "it degrades at 120 (the DNC here has 32). An LSTM without a memory learns far more slowly, for these lengths.",
    source="Graves, Wayne, Danihelka 2014, section 4.1, figures 3 to 5; sequences: pytorch-ntm",
    arms=[
        Arm("ntm", "ntm", "copy", "paper", MEMORIES, tuple(PUBLISHED), BUDGET, 10),
        Arm("dnc", "dnc", "copy", "paper", MEMORIES, tuple(PUBLISHED), BUDGET, 10),
        Arm("lstm", "lstm", "copy", "paper", {}, tuple(PUBLISHED), BUDGET, 10),
    ],
    figures=figures,
)
