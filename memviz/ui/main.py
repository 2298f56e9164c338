"""The one page script: title, style, navigation. The pages are in pages/."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from memviz.contracts import places
from memviz.ui.style import STYLE

HERE = Path(__file__).parent

st.set_page_config(page_title="memviz", page_icon=str(places.asset("icon.png")), layout="wide")
st.html(STYLE)
st.navigation(
    [
        st.Page(HERE / "pages" / "lab.py", title="Lab", default=True),
        st.Page(HERE / "pages" / "learn.py", title="Learn", url_path="learn"),
    ],
    position="top",
).run()
