"""Evidence: published figures beside ours, each with the command that computes it anew."""

from __future__ import annotations

import streamlit as st

from memviz import catalog
from memviz.contracts.errors import FileError
from memviz.study.reproduction import kept
from memviz.ui import cards
from memviz.ui.evidence import result

with st.container(key="evidence"):
    st.markdown("Does memviz do what the papers say? Every figure here was computed by the command beside it.")
    try:
        found = {told["name"]: told for told in kept()}
    except FileError as error:
        cards.trouble("A recorded result cannot be read.", str(error))
        found = {}
    for name, one in sorted(
        catalog.reproductions().items(), key=lambda item: item[0] not in found
    ):  # recorded ones first
        result(one, found.get(name))
    for name, error in catalog.reproductions().broken.items():
        cards.trouble(f"The reproduction {name} cannot be loaded.", str(error))
