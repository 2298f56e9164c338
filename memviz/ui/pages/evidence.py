"""Evidence: published figures beside ours, each with the command that computes it anew."""

from __future__ import annotations

import streamlit as st

from memviz import catalog
from memviz.contracts.errors import FileError
from memviz.study.reproduction import kept
from memviz.ui import cards
from memviz.ui.evidence import overview, result

with st.container(key="evidence"):
    try:
        found = {told["name"]: told for told in kept()}
    except FileError as error:
        cards.trouble("A recorded result cannot be read.", str(error))
        found = {}
    recorded_first = sorted(catalog.reproductions().items(), key=lambda item: item[0] not in found)
    st.markdown(overview(dict(recorded_first), found))
    for name, one in recorded_first:
        result(one, found.get(name))
    for name, error in catalog.reproductions().broken.items():
        cards.trouble(f"The reproduction {name} cannot be loaded.", str(error))
