"""Files that people bring - a trace, a checkpoint, an npz of arrays - opened without trusting them."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import streamlit as st

from memviz import catalog
from memviz.contracts import store
from memviz.contracts.errors import MemvizError
from memviz.contracts.trace import FORMAT, Trace
from memviz.ui.desk import desk

LIMITS = store.Limits(file_bytes=64 << 20, header_bytes=4 << 20)  # of an upload; server.maxUploadSize says the same
ZIP = b"PK\x03\x04"  # how an npz begins
KINDS = ["safetensors", "npz"]


def read(blob: bytes, where: str) -> Trace:
    """The trace in a file's bytes; of a checkpoint, its probe episode. Raises MemvizError whatever is wrong with it."""
    if blob.startswith(ZIP):
        return Trace.from_npz(blob)
    if store.format_of(blob, LIMITS, where).partition("/")[0] == FORMAT.partition("/")[0]:
        return Trace.from_bytes(blob, where, LIMITS)
    from memviz.training import checkpoint
    from memviz.training.probe import Probe
    from memviz.training.warm import ensure_warm

    file = checkpoint.from_file(*store.unpack(blob, (checkpoint.FORMAT, FORMAT), LIMITS, where))
    ensure_warm(file.model, file.task)
    setup = file.setup(catalog.models()[file.model], catalog.tasks()[file.task])
    state = file.state(setup)
    return Probe(setup).trace(state, setup.layout.views(state.params))


def opened() -> str | None:
    """The token of the file that `memviz open` was given; None without one."""
    path = desk().opened
    return None if path is None else _token(path)


@cache
def _token(path: Path) -> str:
    return desk().look(read(store.read_bytes(path, LIMITS), path.name))


def uploader() -> str | None:
    """The drop field; returns the token of what was dropped. A bad file says what is wrong and changes nothing."""
    file = st.file_uploader("A trace or checkpoint (.safetensors), or arrays (.npz)", KINDS, key="look")
    if file is None:
        return None
    known = st.session_state.get("looked")
    if known is not None and known[0] == file.file_id:
        return str(known[1])
    try:
        token = desk().look(read(file.getvalue(), file.name))
    except MemvizError as error:
        st.error(f"**{file.name} cannot be shown.** {error}")
        return None
    st.session_state["looked"] = (file.file_id, token)
    return token
