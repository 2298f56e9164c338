"""Compare: two memories side by side on one clock."""

from __future__ import annotations

import streamlit as st

from memviz.ui import cards
from memviz.ui.compare import choices, choose, draw, lengths, same_sequence

with st.container(key="compare"):
    known = choices()
    if known:
        pair, linked = choose(known)
        drawn = same_sequence(pair)
        if drawn is None:
            lengths(pair)
        draw(pair, linked, drawn)
    else:
        cards.empty(
            "Nothing can be compared yet. Train a run in the Lab: then it can be chosen here.", ":material/compare:"
        )
