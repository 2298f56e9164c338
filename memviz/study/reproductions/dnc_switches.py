"""Csordas & Schmidhuber 2019: masked content, de-allocation and sharpened links, each switched on by itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from memviz.contracts.reproduction import Figure, Reproduction
from memviz.study.cell import Arm
from memviz.study.figures import carried
from memviz.study.row import Row
from memviz.study.summary import solved

PLAIN = "plain"
SWITCHES = {"masked": "masked content", "deallocate": "de-allocation", "sharpen_links": "sharpened links"}
LONGER = 20  # words, after 1 to 8
BUDGET = {"solved": True, "updates": 5000}  # 40,000 sequences


def figures(rows: Mapping[str, Sequence[Row]]) -> list[Figure]:
    """Sequences until copy is solved, and errors on sequences far longer, switch by switch; no verdict on what copying
    does not need.
    """
    told = [_took(name, each) for name, each in rows.items()]
    told += [carried(name, each, LONGER) for name, each in rows.items()]
    return told


def _took(name: str, rows: Sequence[Row]) -> Figure:
    one = solved(rows)
    middle = one["sequences_median"]
    took = f", median {middle:,.0f} sequences" if middle else ""
    return Figure(f"{name}: seeds solved", "", f"{one['solved']} of {one['seeds']}{took}")


REPRODUCTION = Reproduction(
    name="dnc_switches",
    title="Three repairs of the DNC",
    claim="Masked content looks up by a part of a word, de-allocation wipes what is freed, sharpened links keep order "
    "over long sequences; on question answering, the first two together nearly halve the error. Here on copying, which "
    "needs only order.",
    source="Csordas & Schmidhuber 2019, Improving Differentiable Neural Computers Through Memory Masking, "
    "De-allocation, and Link Distribution Sharpness Control",
    arms=[
        Arm(PLAIN, "dnc", "copy", "lesson", {"model": {"N": 32}}, (LONGER,), BUDGET),
        *(
            Arm(name, "dnc", "copy", "lesson", {"model": {"N": 32, switch: True}}, (LONGER,), BUDGET)
            for switch, name in SWITCHES.items()
        ),
    ],
    figures=figures,
    minutes=3,
)
