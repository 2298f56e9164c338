"""A memory that outlives its run: start from a saved one, save the one on show. A recipe names it by its content."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st

from memviz import catalog
from memviz.contracts.errors import FileError, MemvizError
from memviz.contracts.model import has_memory
from memviz.ui import cards
from memviz.ui.desk import desk
from memviz.ui.look import LIMITS
from memviz.ui.recipe import Recipe
from memviz.ui.session import CHOSEN

ICON = ":material/memory:"
ABOUT = ("model", "task", "config", "seed", "update", "carried")  # what is kept of a file's header
NONE = "{} keeps nothing outside its own state: there is no memory to start from or to save."
CARRIED = "The memory as the last episode left it: this run carries it over."
FRESH = "The memory that every episode of this run starts from. Choose *carry the memory over* to let episodes fill it."


def memory_drawer(recipe: Recipe, run_id: str | None) -> None:
    """Both halves: what the next run starts from, and what this one has."""
    model = catalog.models()[recipe["model"]]
    left, right = st.columns(2, gap="large")
    with left:
        st.markdown("**Start from a saved memory**")
        _start_from(recipe)
    with right:
        st.markdown("**Save the memory of this run**")
        if run_id is None:
            cards.empty(f"Nothing runs yet. Press **Train**, and the memory of {model.title} can be saved.", ICON)
        else:
            _save(run_id)


def _start_from(recipe: Recipe) -> None:
    if chosen := recipe.get("memory"):
        says = st.session_state.get(CHOSEN, {}).get("says", "the memory of the link")
        st.success(f"The next run starts from {says} (`{chosen[:12]}`).", icon=ICON)
        label = "Start from the model's own memory instead"
        st.button(label, on_click=st.session_state.update, args=({CHOSEN: {}},), key="memory.off")
        return
    file = st.file_uploader("A saved memory (.safetensors, memviz-memory/1)", ["safetensors"], key="memory.file")
    if file is None:
        return
    try:
        memory, about = read(file.getvalue(), file.name)
        id = desk().registry.memories.put(memory, about)
    except MemvizError as error:
        cards.trouble(f"{file.name} is no memory that can be used.", error, ICON)
        return
    st.session_state[CHOSEN] = {"id": id, "says": described(file.name, memory, about)}
    st.rerun()


def read(blob: bytes, name: str) -> tuple[np.ndarray, dict[str, Any]]:
    """The memory (slot, word) in a file's bytes, and where it comes from. Raises FileError whatever is wrong."""
    from memviz.training import memory as files

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "memory.safetensors"
        path.write_bytes(blob)
        try:
            memory, header = files.load(path, LIMITS)
        except FileError as error:
            raise FileError(str(error).replace(str(path), name)) from error
    return memory, {key: header[key] for key in ABOUT if key in header}


def described(name: str, memory: np.ndarray, about: dict[str, Any]) -> str:
    """A memory in words."""
    slots, words = memory.shape
    of = f", of {about['model']} on {about['task']}" if {"model", "task"} <= about.keys() else ""
    return f"{cards.plain(name)}: {slots} slots of {words} words{cards.plain(of)}"


def _save(run_id: str) -> None:
    """A button that gives the memory of a recorded update as a file."""
    try:
        run = desk().registry.get(run_id)
        records = run.records()
        setup = run.setup  # with the memory it started from, which may be gone from the store by now
    except MemvizError as error:
        cards.trouble("The memory of this run cannot be saved.", error, ICON)
        return
    if not has_memory(setup.model, setup.model_config):
        cards.empty(NONE.format(setup.model.title), ICON)
        return
    update = st.select_slider("At update", records, records[-1], key="memory.update") if records[1:] else records[-1]
    state = run.state_at(update)
    st.caption(CARRIED if state.memory else FRESH)
    name = f"memory-{setup.model.name}-{setup.task.name}-{update}.safetensors"
    label = "Download the memory"
    st.download_button(label, lambda: saved(setup, state), name, icon=":material/download:", on_click="ignore")


def saved(setup: Any, state: Any) -> bytes:
    """The memory of a state as the bytes of a file."""
    from memviz.training.give import save_memory

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "memory.safetensors"
        save_memory(path, setup, state)
        return path.read_bytes()
