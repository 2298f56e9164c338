"""Learn: predict first, then see. One lesson at a time, told beside the real scope."""

from __future__ import annotations

import streamlit as st

from memviz import catalog
from memviz.contracts.errors import MemvizError
from memviz.ui import cards
from memviz.ui.lesson import tell

shelf = catalog.lessons()
cards.broken()
with st.container(key="lesson"):
    names = list(shelf)
    if not names:
        st.info("No lesson is here yet. A lesson is a folder with lesson.toml, text.md and a recorded trace.")
        st.stop()
    name = names[0]
    if len(names) > 1:
        name = st.selectbox(
            "Lesson", names, format_func=lambda n: shelf[n].title, key="lesson.name", bind="query-params"
        )
    try:
        trace = shelf[name].trace()
    except MemvizError as error:
        cards.trouble("This lesson's episode is missing.", str(error))
        st.stop()
    tell(shelf[name], trace)
