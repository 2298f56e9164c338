"""How errors grow with length: measured when somebody asks, of a run's last record or of the weights that ship."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from memviz import catalog
from memviz.contracts import places
from memviz.contracts.errors import FileError, MemvizError
from memviz.contracts.trace import Trace
from memviz.ui import cards, component
from memviz.ui.desk import desk

if TYPE_CHECKING:  # else it would bring numba
    from memviz.training.setup import Setup
    from memviz.training.state import TrainState

LENGTHS = "lengths"  # its name among the figures
TITLE = "Errors by length: longer than trained"
KEPT = "lengths.measured"  # of the session: what was measured last, and the trace
SHOW = "Show it in the scope"


def shipped(model: str) -> bool:
    """Whether weights ship that can be tried on other lengths."""
    try:
        return places.weights(model).is_file()
    except FileError:
        return False


def measured(model: str, run: Any) -> Trace | None:
    """The errors at every length; None, with a card that says why, where there are none."""
    what = (model, None, None) if run is None else (model, run.id, run.records()[-1])
    kept, trace = st.session_state.get(KEPT, (None, None))
    if kept == what:
        return trace
    try:
        with st.spinner("Answering fresh episodes of every length"):
            trace = _measure(*(_weights_of(model) if run is None else _record_of(run, what[2])))
    except MemvizError as error:
        cards.trouble("Errors by length cannot be measured here.", error, ":material/straighten:")
        return None
    st.session_state[KEPT] = what, trace
    return trace


def in_the_scope(trace: Trace) -> None:
    """Offer the same picture where it can be hovered over."""
    if st.toggle(SHOW, key="lengths.scope"):
        token = st.session_state.get("lengths.token")
        if token is None or not desk().holds(token) or desk().looked_at(token) is not trace:
            token = st.session_state["lengths.token"] = desk().look(trace)
        source = {"recorded": f"/memviz/opened/{token}"}
        options = {"source": source, "watch": True, "unfolded": True, "hash": False, "autoplay": False}
        component.scope(f"lengths.{token}", options)


def _measure(setup: Setup, state: TrainState) -> Trace:
    from memviz.debug.lengths import length_errors
    from memviz.training.warm import ensure_warm

    ensure_warm(setup.model.name, setup.task.name)
    return length_errors(setup, setup.layout.views(state.params), memory=state.carried)


def _weights_of(model: str) -> tuple[Setup, TrainState]:
    from memviz.training import checkpoint

    return checkpoint.load(places.weights(model)).revive(catalog.models(), catalog.tasks())


def _record_of(run: Any, update: int) -> tuple[Setup, TrainState]:
    from memviz.training.recipe import plan

    memories = desk().registry.memories.get
    return plan(run.recipe, catalog.models(), catalog.tasks(), memories).setup, run.state_at(update)
