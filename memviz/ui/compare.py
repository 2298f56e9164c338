"""Two scopes on one clock: each shows the recorded episode of a model, or a run of this server, only to look at."""

from __future__ import annotations

from functools import cache
from typing import Any

import streamlit as st

from memviz import catalog
from memviz.contracts.errors import MemvizError
from memviz.contracts.trace import Trace
from memviz.ui import component
from memviz.ui.component import SOCKET
from memviz.ui.desk import desk, has_recorded, recorded_path

SIDES = ("left", "right")
WATCHER = "one who only looks on"  # no run is owned by it: the server lets it command none
LINK = "One clock moves both: a step, a play, an update. Otherwise each has its own."
OTHER = "Choose one, or paste the id or the watch link of a run."
Choice = str  # the name of a model, whose recorded episode is meant, or the id of a run


def choices() -> dict[Choice, str]:
    """What can be shown, with what to call it: models with a recorded episode, then runs, the one used last first.

    The runs are those in memory, and those that the address names.
    """
    recorded = {name: f"{model.title}, recorded" for name, model in catalog.models().items() if has_recorded(name)}
    asked = [plain_id(st.query_params[side]) for side in SIDES if side in st.query_params]
    runs = dict.fromkeys([run.id for run in reversed(desk().runs())] + asked)
    return recorded | {run_id: called(run_id) for run_id in runs if run_id and run_id not in recorded}


def called(run_id: str) -> str:
    """A run in words."""
    try:
        recipe = desk().registry.get(run_id).recipe
        title = f"{catalog.models()[recipe['model']].title}: {catalog.tasks()[recipe['task']].title}"
    except MemvizError:  # the scope says that it is gone
        return f"run {run_id:.40}"
    return f"{title}, seed {recipe.get('seed', 0)} (run {run_id[:4]})"


def choose(known: dict[Choice, str]) -> tuple[list[Choice], bool]:
    """What is on either side, as the address says or the person chooses, and whether their clocks are linked."""
    *fields, switch = st.columns([9, 9, 3], gap="medium", vertical_alignment="bottom")
    pair = [_choice(column, side, known, place) for place, (side, column) in enumerate(zip(SIDES, fields, strict=True))]
    return pair, switch.toggle("Link clocks", True, key="linked", help=LINK, bind="query-params")


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


def draw(pair: list[Choice], linked: bool) -> None:
    """Both scopes; on a narrow screen the columns lie below each other."""
    for place, (choice, column) in enumerate(zip(pair, st.columns(2, gap="small"), strict=True)):
        with column:
            component.scope(f"compare.{SIDES[place]}.{choice}", options(choice, first=place == 0, linked=linked))


def options(choice: Choice, first: bool, linked: bool) -> dict[str, Any]:
    """The data of one scope. Only the first plays by itself and keeps the address: the other goes with it."""
    shown = {"recorded": f"/memviz/recorded/{choice}"} if is_recorded(choice) else {"socket": SOCKET, "run": choice}
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
    """Say so when one episode is longer: past its end the shorter rests."""
    left, right = map(steps, pair)
    if left and right and left != right:
        st.caption(f"The episodes last {left} and {right} steps: past its end the shorter one rests on its last step.")


def is_recorded(choice: Choice) -> bool:
    """Whether a choice is a model's recorded episode, and no run."""
    return choice in catalog.models().names and has_recorded(choice)


def steps(choice: Choice) -> int | None:
    """How many steps an episode has; None while there is none."""
    if is_recorded(choice):
        return recorded_steps(choice)
    try:
        _, trace = desk().registry.get(choice).latest()
    except MemvizError:  # which the scope says
        return None
    return None if trace is None else trace.steps


@cache
def recorded_steps(model: str) -> int:
    """How many steps the recorded episode of a model has."""
    return Trace.load(recorded_path(model)).steps
