"""Graves 2014: an NTM learns copying and carries it to lengths it never saw; an LSTM without a memory does not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from memviz.study.cell import Arm
from memviz.study.reproduction import Figure, Reproduction
from memviz.study.row import Row
from memviz.study.summary import mean, solved

LENGTHS = (40, 80, 120)
MEMORIES = ("ntm", "dnc")
PUBLISHED = {40: "near perfect", 80: "few errors", 120: "degrades, as the memory wraps"}
BUDGET = {"solved": True, "updates": 5000}  # 40,000 sequences, what the published runs took at most


def figures(rows: Mapping[str, Sequence[Row]]) -> list[Figure]:
    """Seeds solved, sequences, and the part of the bits that are wrong at every unseen length."""
    return [
        *(learnt(name, each) for name, each in rows.items()),
        *(carried(name, each, length) for name, each in rows.items() for length in LENGTHS),
    ]


def learnt(name: str, rows: Sequence[Row]) -> Figure:
    """How many seeds were solved, and how fast."""
    one = solved(rows)
    middle = one["sequences_median"]
    ours = f"{one['solved']} of {one['seeds']}" + (f", median {middle:,.0f} sequences" if middle else "")
    what = f"{name}: solved within 40,000 sequences"
    if name in MEMORIES:
        return Figure(what, "about 0 wrong bits by 17,000 to 40,000", ours, one["solved"] >= 0.9 * one["seeds"])
    return Figure(what, "learns far more slowly", ours, one["solved"] == 0)


def carried(name: str, rows: Sequence[Row], length: int) -> Figure:
    """How wrong the answers are at a length beyond those trained on."""
    wrong = mean(row["unseen"][str(length)]["wrong_bits"] for row in rows) / (8 * length)
    exact = mean(row["unseen"][str(length)]["exact"] for row in rows)
    ours = f"{100 * wrong:.2f} % of bits wrong, {100 * exact:.0f} % of sequences exact"
    holds = wrong < 0.05 if (name, length) == ("ntm", 40) else None
    return Figure(f"{name} at length {length}", PUBLISHED[length] if name == "ntm" else "", ours, holds)


REPRODUCTION = Reproduction(
    name="copy",
    title="Copying, and copying what is longer than anything seen",
    claim="Trained on 1 to 20 words of 8 bits, an NTM makes almost no error up to there and few at 40; with 128 slots "
    "it degrades at 120. An LSTM without a memory learns far more slowly and does not carry over.",
    source="Graves, Wayne, Danihelka 2014, section 4.1, figures 3 to 5; sequences: pytorch-ntm",
    arms=[
        Arm(name, name, "copy", "paper", knobs, LENGTHS, BUDGET, episodes=10)
        for name, knobs in {"ntm": {"training": {"polish": 20_000}}, "lstm": {}}.items()
    ],
    figures=figures,
)
