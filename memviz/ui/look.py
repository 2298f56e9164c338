"""Files that people bring - a trace, a checkpoint, an npz of arrays - opened without trusting them."""

from __future__ import annotations

import streamlit as st

from memviz import catalog
from memviz.contracts import store
from memviz.contracts.errors import MemvizError
from memviz.contracts.trace import Trace
from memviz.ui import cards
from memviz.ui.desk import FILES, desk

LIMITS = store.Limits(file_bytes=64 << 20, header_bytes=4 << 20)  # of an upload; server.maxUploadSize says the same
KINDS = ["safetensors", "npz"]
ICON = ":material/draft:"


def read(blob: bytes, where: str) -> Trace:
    """The trace in a file's bytes; of a checkpoint, its probe episode. Raises MemvizError whatever is wrong with it."""
    from memviz.training.opened import contents

    file = contents(blob, where, LIMITS)
    if isinstance(file, Trace):
        return file
    from memviz.training.probe import probed
    from memviz.training.runs import footprint
    from memviz.training.runs.limits import GIB, Limits
    from memviz.training.warm import ensure_warm

    setup, state = file.revive(catalog.models(), catalog.tasks())  # only then are the file's names any of ours
    footprint.check(setup, [state.config], Limits.from_environment().run_memory * GIB)
    ensure_warm(setup.model.name, setup.task.name)
    return probed(setup, state)


def opened() -> tuple[str | None, MemvizError | str]:
    """The token of the file that `memviz open` was given, None without one; and why it cannot be shown."""
    path, known = desk().opened, desk().opened_token
    if path is None or (known is not None and desk().holds(known)):
        return known, ""
    try:
        desk().opened_token = desk().look(read(store.read_bytes(path, LIMITS), path.name))
    except MemvizError as error:
        return None, error
    return desk().opened_token, ""


def looked() -> str | None:
    """The token of what was dropped before, in whichever drawer; a card when it is no longer kept."""
    _, token = st.session_state.get("looked", (None, None))
    if token is None or desk().holds(token):
        return token
    del st.session_state["looked"]
    error = f"look: want one of the last {FILES} files that were opened here, got an older one (open it again)"
    cards.trouble("The file you opened is no longer kept.", error, ICON)
    return None


def uploader() -> str | None:
    """The drop field; returns the token of what was dropped. A bad file says what is wrong and changes nothing."""
    file = st.file_uploader("A trace or checkpoint (.safetensors), or arrays (.npz)", KINDS, key="look")
    if file is None:
        return None
    known = st.session_state.get("looked")
    if known is not None and known[0] == file.file_id and desk().holds(known[1]):
        return str(known[1])
    try:
        token = desk().look(read(file.getvalue(), file.name))
    except MemvizError as error:
        cards.trouble(f"{file.name} cannot be shown.", error, ICON)
        return None
    st.session_state["looked"] = (file.file_id, token)
    return token
