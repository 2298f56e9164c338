"""The Lab: a memory to watch while it learns. Folded it is the scope and one button; unfolded it has every knob."""

from __future__ import annotations

import streamlit as st

from memviz.ui import cards, component, session
from memviz.ui.look import ICON, looked, opened, uploader
from memviz.ui.recipe import Recipe

DRAWERS = {
    "share": (":material/link: Share", "links, and a code to join"),
    "figures": (":material/monitoring: Full-size figures", "one panel at a time, as SVG, PNG or a page"),
    "memory": (":material/memory: Memory", "start from a saved one, save this one"),
    "look": (":material/upload_file: Open a file", "a trace, a checkpoint, or arrays of your own"),
    "sweeps": (":material/stacked_line_chart: Sweeps", "many seeds and settings, and how they converge"),
    "table": (":material/table: What learns what", "models and tasks, with recorded results"),
}


def draw_drawer(name: str | None, recipe: Recipe) -> None:
    """What the chosen pill shows; what is not shown is not computed and not imported."""
    run = st.query_params.get("run")
    if name == "share":
        from memviz.ui.share import share

        share(recipe, run)
    elif name == "figures":
        from memviz.ui.figures import figures

        figures(recipe["model"], run)
    elif name == "sweeps":
        from memviz.ui.sweeps import sweeps

        sweeps()
    elif name == "memory":
        from memviz.ui.memories import memory_drawer

        memory_drawer(recipe, run)
    elif name == "table":
        from memviz.ui.table import table

        table()


start, trouble = session.start_recipe()
recipe, (token, unreadable) = start, opened()
if session.unfolded():
    from memviz.ui.sidebar import recipe_form

    recipe = recipe_form(start)
recipe = session.with_memory(recipe, start)
cards.trouble("This recipe link cannot be used.", trouble)
cards.trouble("The file cannot be opened.", unreadable, ICON)
place = st.container()
if session.unfolded():
    with st.container(key="below"):
        drawer = st.pills(
            "More", DRAWERS, format_func=lambda name: DRAWERS[name][0], key="drawer", label_visibility="collapsed"
        )
        token = (uploader() if drawer == "look" else looked()) or token
        draw_drawer(drawer, recipe)
with place:
    component.scope(f"lab.{token}", session.lab_options(recipe, token), on_unfold=session.unfold)
cards.broken()  # last: it loads every entry, and the scope need not wait for that
