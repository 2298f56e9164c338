"""The recipe as a form: model, task, preset, device, seed and every knob that they declare."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import streamlit as st

from memviz import catalog
from memviz.contracts.knob import knobs
from memviz.training.config import TrainConfig
from memviz.training.recipe import knob_values
from memviz.ui import devices, form, session
from memviz.ui.recipe import MOST_SEED, Recipe

TITLES = {"model": "Model", "task": "Task", "training": "Training"}
CHOICES = ("model", "task", "preset")
KEPT = ("changes", "until", "expect")  # of a link, as long as nothing of its recipe is changed


def recipe_form(start: Recipe) -> Recipe:
    """Draw the form in the sidebar, filled from `start`; returns the recipe as the person has it now."""
    token = hashlib.sha256(json.dumps(start, sort_keys=True).encode()).hexdigest()[:8]
    with st.sidebar:
        _head()
        chosen = _entries(start, token)
        chosen["device"] = _device(start.get("device", "core"), f"{token}.device")
        seed = st.number_input(
            "Seed", 0, MOST_SEED, start.get("seed", 0), 1, key=f"{token}.seed", help="decides all chance"
        )
        chosen["seed"] = int(seed)
        own = _knobs(chosen, start, token)
    if own:
        chosen["knobs"] = own
    same = all(chosen.get(name) == start.get(name) for name in ("seed", "knobs", *CHOICES))
    return chosen | ({name: start[name] for name in KEPT if start.get(name)} if same else {})


def _head() -> None:
    title, away = st.columns([4, 1], vertical_alignment="center")
    title.subheader("Recipe", anchor=False)
    icon = ":material/close_fullscreen:"
    away.button("", icon=icon, key="fold", help="Show only the scope", on_click=session.fold, type="tertiary")
    if "run" in st.query_params:
        about = "start a new run; the present one is kept under its own link"
        st.button("Train this recipe", on_click=session.start, type="primary", width="stretch", help=about, key="train")


def _entries(start: Recipe, token: str) -> Recipe:
    """Model, task and preset."""
    chosen: Recipe = {}
    for part, shelf in (("model", catalog.models()), ("task", catalog.tasks())):
        names, key = list(shelf), f"{token}.{part}"
        title = {name: shelf[name].title for name in names}
        index = names.index(start[part])
        chosen[part] = st.selectbox(TITLES[part], names, index, title.get, key=key, help=shelf[start[part]].doc)
    presets = [p for p in catalog.models()[chosen["model"]].presets if p in catalog.tasks()[chosen["task"]].presets]
    usual = start.get("preset", "lesson")
    default = usual if usual in presets else presets[0]
    picked = st.segmented_control("Preset", presets, default=default, key=f"{token}.preset", required=True)
    return chosen | {"preset": picked or default}


def _device(usual: str, key: str) -> str:
    """Where to train; one that is not available here says why."""
    reasons = devices.reasons()
    names = list(reasons)
    picked = st.selectbox("Device", names, names.index(usual), devices.title, key=key)
    if reasons[picked]:
        st.caption(f":orange[Not available here: {reasons[picked]}.]")
    return picked


def _knobs(chosen: Recipe, start: Recipe, token: str) -> dict[str, dict[str, Any]]:
    """Every knob of the three parts, each part folded; returns what differs from the preset."""
    model, task = catalog.models()[chosen["model"]], catalog.tasks()[chosen["task"]]
    preset = knob_values(model, task, chosen["preset"], {})
    same = all(chosen[name] == start.get(name, chosen[name]) for name in CHOICES)
    prefix = ".".join([token, *(chosen[name] for name in CHOICES)])
    own = {}
    for part, config in (("model", model.config), ("task", task.config), ("training", TrainConfig)):
        before = start.get("knobs", {}).get(part, {}) if same else {}
        with st.expander(f"{TITLES[part]}: {len(knobs(config))} knobs"):
            values = form.settings(config, preset[part], before, f"{prefix}.{part}")
        if values:
            own[part] = values
    return own
