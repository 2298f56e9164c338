"""Stability against plasticity: A, B and A again, with fewer slots than pairs; what each knob keeps, and costs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from memviz.contracts.reproduction import Figure, Reproduction
from memviz.study.cell import Arm
from memviz.study.row import Row
from memviz.study.summary import mean

PAIRS = 3  # of A, and of B, in the lesson preset: A is told in steps 0, 1 and 2
SMALL, LARGE = {"N": 6}, {"N": 16}  # slots; an episode has 15 steps, and every step writes
PLAIN, SAFE, SHARED, REPLAY, ROOM = "6 slots", "protected", "a third protected", "A told again", "16 slots"
KNOBS = {
    PLAIN: {"model": SMALL},
    SAFE: {"model": {**SMALL, "protect": PAIRS}},
    SHARED: {"model": {**SMALL, "protect": PAIRS, "protect_share": 1 / 3}},
    REPLAY: {"model": SMALL, "task": {"replay": 1.0}},
    ROOM: {"model": LARGE},
}
MEASURES = ("retention", "adaptation", "forgetting")
BUDGET = {"solved": False, "updates": 4000}  # 32,000 episodes
ABOVE = 20  # points that are called well above


def figures(rows: Mapping[str, Sequence[Row]]) -> list[Figure]:
    """The three measures knob by knob, and whether protection keeps A and what it costs B."""
    ours = {
        arm: {name: 100 * mean(row["scores"][name] for row in each) for name in MEASURES} for arm, each in rows.items()
    }
    told = [
        Figure(f"{arm}: {', '.join(MEASURES)}", "", f"{', '.join(f'{value:.0f}' for value in ours[arm].values())} %")
        for arm in ours
    ]
    kept = ours[SAFE]["retention"] - ours[PLAIN]["retention"]
    lost = ours[PLAIN]["adaptation"] - ours[SAFE]["adaptation"]
    room = ours[PLAIN]["forgetting"] - ours[ROOM]["forgetting"]
    return [
        *told,
        Figure(
            f"protection adds to retention (holds from {ABOVE} points)", "more", f"{kept:.0f} points", kept >= ABOVE
        ),
        Figure("and takes from adaptation", "some: the dilemma", f"{lost:.0f} points", lost > 0),
        Figure(
            f"room for all takes forgetting away (holds from {ABOVE} points)", "", f"{room:.0f} points", room >= ABOVE
        ),
    ]


REPRODUCTION = Reproduction(
    name="two_tasks",
    title="Two tasks in turn: what is kept, and at what cost",
    claim="A memory with fewer slots than entries gives up the first task for the second. Write protection and telling "
    "the first again keep it, at a cost to the second: stability against plasticity. Room for both ends the dilemma. "
    "A key-value memory on three pairs each; every one of 15 steps writes.",
    source="the dilemma: Grossberg 1987; forgetting: McCloskey and Cohen 1989; replay: Robins 1995; measures after "
    "Lopez-Paz and Ranzato 2017. No figure of theirs is for this task",
    arms=[Arm(name, "keyvalue", "two_tasks", knobs=knobs, until=BUDGET, episodes=100) for name, knobs in KNOBS.items()],
    figures=figures,
    seeds=3,
    minutes=1,
)
