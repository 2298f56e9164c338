"""Title, style and navigation: what every page has around it."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from memviz.contracts import places
from memviz.ui.style import STYLE

PAGES = Path(__file__).parent / "pages"


def navigate() -> None:
    """Draw the page of the address."""
    st.set_page_config(page_title="memviz", page_icon=str(places.asset("icon.png")), layout="wide")
    st.html(STYLE)
    lab = st.Page(PAGES / "lab.py", title="Lab", default=True)
    learn = st.Page(PAGES / "learn.py", title="Learn", url_path="learn")
    compare = st.Page(PAGES / "compare.py", title="Compare", url_path="compare")
    evidence = st.Page(PAGES / "evidence.py", title="Evidence", url_path="evidence")
    st.navigation([lab, learn, compare, evidence], position="top").run()
