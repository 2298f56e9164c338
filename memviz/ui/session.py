"""What a page starts from: the address bar, and the few things a session remembers."""

from __future__ import annotations

from typing import Any

import streamlit as st

from memviz import catalog
from memviz.contracts.errors import MemvizError
from memviz.ui.component import SOCKET
from memviz.ui.desk import desk, first_recipe, has_recorded, recorded_trace
from memviz.ui.live.viewer import NEW
from memviz.ui.recipe import Recipe, decode

EMPTY = "Press Train: its first episode appears here before it has learnt anything, and you can watch it change."
CHOSEN = "memory.chosen"  # of the session: {"id", "says"}, or {} when the link's own was taken off


def start_recipe() -> tuple[Recipe, str]:
    """The recipe to start from - the link's, the watched run's, a newcomer's - and what is wrong with the link."""
    word, run_id = st.query_params.get("recipe"), st.query_params.get("run")
    try:
        if word:
            return decode(word), ""
        if run_id:
            return dict(desk().registry.get(run_id).recipe), ""
    except MemvizError as error:
        return first_recipe(), str(error) if word else ""  # the scope itself says that a run is gone
    return first_recipe(), ""


def unfolded() -> bool:
    """Whether every knob is shown."""
    return bool(st.session_state.get("unfolded"))


def unfold() -> None:
    """Show every knob from now on."""
    st.session_state["unfolded"] = True


def fold() -> None:
    """Show the scope and one button."""
    st.session_state["unfolded"] = False


def start() -> None:
    """Have the scope start the recipe of the form, as its own Train button would."""
    st.session_state["starts"] = st.session_state.get("starts", 0) + 1


def with_memory(recipe: Recipe, start: Recipe) -> Recipe:
    """The recipe with the memory that the person chose, else with that of the link."""
    given = {"id": start["memory"]} if start.get("memory") else {}
    chosen = st.session_state.get(CHOSEN, given).get("id")
    rest = {name: value for name, value in recipe.items() if name != "memory"}
    return rest | ({"memory": chosen} if chosen else {})


def lab_options(recipe: Recipe, opened: str | None) -> dict[str, Any]:
    """The Lab's scope: a file that was opened, or the recorded episode of the model until a run is followed."""
    model, source = recipe["model"], {"socket": SOCKET, "run": st.query_params.get("run", NEW)}
    if opened or has_recorded(model):
        source["recorded"] = f"/memviz/opened/{opened}" if opened else f"/memviz/recorded/{model}"
    starts = st.session_state.get("starts", 0)
    return {
        "source": source,
        "recipe": recipe,
        "unfolded": unfolded(),
        "start": starts,
        "trains": None if opened else _other_task(recipe),
        "empty": {"text": f"{catalog.models()[model].title}: no recorded episode yet.", "remedy": EMPTY},
    }


def _other_task(recipe: Recipe) -> str | None:
    """The task of the recipe in words, where the recorded episode of its model is of another."""
    if not has_recorded(recipe["model"]) or recorded_trace(recipe["model"]).meta.get("task") == recipe["task"]:
        return None
    return catalog.tasks()[recipe["task"]].title
