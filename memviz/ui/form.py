"""Knob dataclasses become widgets: whatever a model, task or the trainer declares appears here, by itself."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import streamlit as st

from memviz.contracts.errors import MemvizError
from memviz.contracts.knob import Knob, knobs

MANY = 400  # more whole numbers than this are typed, not slid


def settings(config: type[Any], preset: Mapping[str, Any], start: Mapping[str, Any], prefix: str) -> dict[str, Any]:
    """A widget for every knob of `config`; returns the values that differ from the preset's.

    `start` holds the recipe's own values; `prefix` must change with the preset and the recipe, because a
    widget keeps its value as long as it keeps its key.
    """
    chosen: dict[str, Any] = {}
    for name, knob in knobs(config).items():
        usual = preset.get(name, knob.default)
        value = widget(knob, start.get(name, usual), f"{prefix}.{name}")
        if value != usual:
            chosen[name] = value
    return chosen


def widget(knob: Knob, value: Any, key: str) -> Any:
    """The widget that suits one knob; whatever the person does with it, the knob accepts the result."""
    label = knob.name.replace("_", " ")
    if knob.options:
        return _choice(label, knob, value, key)
    if knob.pattern:
        return _word(label, knob, value, key)
    low, high = knob.low or 0, knob.high or 0
    if knob.whole and high - low <= MANY:
        return st.slider(label, int(low), int(high), int(value), key=key, help=knob.doc)
    if knob.whole:
        return st.number_input(label, int(low), int(high), int(value), step=1, key=key, help=knob.doc)
    bounds = {"min_value": float(low), "max_value": float(high), "value": float(value)}
    return st.number_input(label, step=step_of(value), format="%.4g", key=key, help=knob.doc, **bounds)


def _choice(label: str, knob: Knob, value: Any, key: str) -> Any:
    if set(knob.options) == {True, False}:
        return st.toggle(label, value, key=key, help=knob.doc)
    return st.selectbox(label, knob.options, knob.options.index(value), key=key, help=knob.doc)


def _word(label: str, knob: Knob, value: Any, key: str) -> Any:
    """A file to hand in where the knob has a door, else a text; what is refused is said, and changes nothing."""
    if knob.door:
        file = st.file_uploader(f"{label}: {value:.12}", key=key, help=knob.doc)
        given = file and file.getvalue()
    else:
        given = st.text_input(label, value, key=key, help=knob.doc)
    try:
        return knob.accept(knob.door(given) if knob.door else given) if given else value
    except MemvizError as error:
        st.error(str(error))
        return value


def step_of(value: float) -> float:
    """A step a person would take from `value`: a tenth of its leading decade."""
    return 10.0 ** (math.floor(math.log10(abs(value))) - 1) if value else 0.1
