"""Two scopes on one clock: each shows the recorded episode of a model, or a run of this server, only to look at.

By default each does the episode it has; both can be given one sequence by its seed and length.
"""

from __future__ import annotations

from typing import Any

import streamlit as st

from memviz import catalog
from memviz.contracts.errors import MemvizError
from memviz.ui import component
from memviz.ui.component import SOCKET
from memviz.ui.desk import desk, first_recipe, has_recorded, recorded_trace
from memviz.ui.episodes import Choice, comparable, is_recorded, newest

SIDES = ("left", "right")
WATCHER = "one who only looks on"  # no run is owned by it: the server lets it command none
LINK = "One clock moves both: a step, a play, an update. Otherwise each has its own."
OTHER = "Choose one, or paste the id or the watch link of a run."
SAME = "Both do one sequence, by its seed and length, as they are now. For that they must do the same task."
LONGEST = 100  # words, items, bits: what a task calls a length
Drawn = tuple[int, int]  # the seed and the length of a sequence for both


def choices() -> dict[Choice, str]:
    """What can be shown, with what to call it: models with a recorded episode, then runs, the one used last first.

    The runs are those in memory, and those that the address names.
    """
    recorded = {name: f"{catalog.models()[name].title}, recorded" for name in _recorded()}
    asked = [plain_id(st.query_params[side]) for side in SIDES if side in st.query_params]
    runs = dict.fromkeys([run.id for run in reversed(desk().runs())] + asked)
    return recorded | {run_id: called(run_id) for run_id in runs if run_id and run_id not in recorded}


def _recorded() -> list[str]:
    """Models with a recorded episode: first that of the first lesson, then those that do its task."""
    names, first = [name for name in catalog.models() if has_recorded(name)], first_recipe()
    return sorted(names, key=lambda n: (n != first["model"], recorded_trace(n).meta.get("task") != first["task"]))


def called(run_id: str) -> str:
    """A run in words."""
    try:
        run = desk().registry.get(run_id)
        recipe, seed = run.recipe, run.status()["seed"]  # the recipe's, until it was reseeded
        title = f"{catalog.models()[recipe['model']].title}: {catalog.tasks()[recipe['task']].title}"
    except MemvizError:  # the scope says that it is gone
        return f"run {run_id:.40}"
    return f"{title}, seed {seed} (run {run_id[:4]})"


def choose(known: dict[Choice, str]) -> tuple[list[Choice], bool]:
    """What is on either side, as the address says or the person chooses, and whether their clocks are linked."""
    *fields, switch = st.columns([9, 9, 3], gap="medium", vertical_alignment="bottom")
    pair = [_choice(column, side, known, place) for place, (side, column) in enumerate(zip(SIDES, fields, strict=True))]
    return pair, switch.toggle("Link clocks", True, key="linked", help=LINK, bind="query-params")


def same_sequence(pair: list[Choice]) -> Drawn | None:
    """The sequence that both are to do, if the person wants one; None: each its own."""
    able = comparable(pair)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium", key="same.row"):
        wanted = st.toggle("Same sequence for both", key="same", help=SAME, bind="query-params", disabled=not able)
        if not (wanted and able):
            return None
        seed = st.number_input("Seed", 0, 2**31 - 1, 7, key="drawn.seed", width=130, bind="query-params")
        length = st.number_input("Length", 1, LONGEST, 8, key="drawn.length", width=130, bind="query-params")
    return int(seed), int(length)


def _choice(column: Any, side: str, known: dict[Choice, str], place: int) -> Choice:
    """One field. The address changes only with the choice, because that takes the step away from it."""
    first = list(known)[min(place, len(known) - 1)]
    before = plain_id(st.query_params.get(side, "")) or first
    said = column.selectbox(
        side.capitalize(),
        list(known),
        list(known).index(before),
        format_func=lambda said: known.get(plain_id(said)) or called(plain_id(said)),
        key=side,
        help=OTHER,
        accept_new_options=True,
    )
    choice = plain_id(said or "") or first
    if choice != before:
        st.query_params[side] = choice
    return choice


def plain_id(said: str) -> Choice:
    """What was pasted, without the address around a run's id."""
    return said.rpartition("run=")[2].partition("&")[0].partition("#")[0].strip()


def draw(pair: list[Choice], linked: bool, drawn: Drawn | None = None) -> None:
    """Both scopes; on a narrow screen the columns lie below each other."""
    for place, (choice, column) in enumerate(zip(pair, st.columns(2, gap="small"), strict=True)):
        with column:
            data = options(choice, first=place == 0, linked=linked, drawn=drawn)
            component.scope(f"compare.{SIDES[place]}.{choice}{'.same' if drawn else ''}", data)


def options(choice: Choice, first: bool, linked: bool, drawn: Drawn | None = None) -> dict[str, Any]:
    """The data of one scope. Only the first plays by itself and keeps the address: the other goes with it."""
    shown = {"recorded": f"/memviz/recorded/{choice}"} if is_recorded(choice) else {"socket": SOCKET, "run": choice}
    if drawn:
        shown = {"recorded": "/memviz/episode/{}/{}/{}".format(choice, *drawn)}
    return {
        "source": shown,
        "owner": WATCHER,
        "watch": True,
        "unfolded": True,
        "clock": "compare" if linked else None,
        "hash": first,
        "autoplay": first,
    }


def lengths(pair: list[Choice]) -> None:
    """Say so when one episode is longer: the shorter holds its last step."""
    left, right = map(newest, pair)
    if left and right and left.steps != right.steps:
        st.caption(f"These last {left.steps} and {right.steps} steps: past its end the shorter holds its last step.")
