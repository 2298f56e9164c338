"""Graves 2014: a memory network learns which item follows the one it is shown, and an LSTM falls far behind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from memviz.contracts.reproduction import Figure, Reproduction
from memviz.study.cell import Arm
from memviz.study.figures import carried, fails, learns
from memviz.study.row import Row

KNOBS = {"task": {"width": 4, "words": 2, "low": 2, "high": 6}}
ITEMS = (8, 12)  # after 2 to 6
BUDGET = {"solved": True, "updates": 40_000}  # 320,000 sequences
NETWORKS = ("ntm", "dnc", "lstm")


def figures(rows: Mapping[str, Sequence[Row]]) -> list[Figure]:
    """Seeds solved within the budget, and the part of the bits that are wrong with more items."""
    carry = {"ntm": "near perfect to 12"}
    return [
        learns("ntm", rows["ntm"], "near 0 bits by 30,000 episodes"),
        learns("dnc", rows["dnc"], "learns the task"),
        fails("lstm", rows["lstm"], "not near 0 after a million episodes"),
        *(carried(name, rows[name], n, carry.get(name, "")) for name in NETWORKS for n in ITEMS),
    ]


REPRODUCTION = Reproduction(
    name="associative_recall",
    title="Which item came after this one?",
    claim="Shown one of the items it saw, an NTM learns to name the next, on 2 to 6 items, and answers with 12. An "
    "LSTM is far behind. Here with items of 2 words of 4 bits; the paper has 3 of 6.",
    source="Graves, Wayne, Danihelka 2014, section 4.3, figures 10 and 11",
    arms=[Arm(name, name, "associative_recall", "lesson", KNOBS, ITEMS, BUDGET) for name in NETWORKS],
    figures=figures,
    seeds=5,
)
