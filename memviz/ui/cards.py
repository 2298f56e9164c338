"""What went wrong, said on the page: a bad link, a broken catalog entry."""

from __future__ import annotations

import streamlit as st

from memviz import catalog


def trouble(title: str, text: str) -> None:
    """A card for something the person can mend; nothing when there is no trouble."""
    if text:
        with st.container(key="cards"):
            st.warning(f"**{title}** {text}", icon=":material/link_off:")


def broken() -> None:
    """A card for every model, task, view or lesson whose folder does not load: seen, not swallowed."""
    for shelf in (catalog.models(), catalog.tasks(), catalog.views(), catalog.lessons()):
        for name, error in shelf.broken.items():
            with st.container(key=f"cards-{shelf.sort}-{name}"):
                st.error(f"**The {shelf.sort} {name} is broken and left out.** {type(error).__name__}: {error}")
