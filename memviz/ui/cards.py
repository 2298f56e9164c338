"""What went wrong, said on the page: where, what was wanted, what came instead, and what to do."""

from __future__ import annotations

import re

import streamlit as st

from memviz import catalog

# errors.py: "Where.what: want ..., got ... (remedy)"
PARTS = re.compile(r"(?P<where>.*?): want (?P<want>.*), got (?P<got>.*?)(?: \((?P<remedy>.*)\))?", re.DOTALL)
MARKDOWN = re.compile(r"([\\`*_\[\]<>$:~|#])")


def trouble(title: str, error: Exception | str, icon: str = ":material/link_off:") -> None:
    """A card for something the person can mend; nothing when there is no trouble."""
    if text := str(error):
        with st.container(key=f"cards-{re.sub(r'[^a-z]+', '-', title.lower())}"):
            st.warning(f"**{plain(title)}**\n\n{told(text)}", icon=icon)


def told(text: str) -> str:
    """An error of ours as markdown: its parts on lines of their own; any other text as it is."""
    found = PARTS.fullmatch(text)
    if found is None:
        return plain(text)
    where, want, got, remedy = (plain(part or "") for part in found.group("where", "want", "got", "remedy"))
    lines = [f"Wanted: {want}", f"Got: {got}"]
    lines += [f"**{remedy[0].upper()}{remedy[1:]}.**"] if remedy else []
    return "  \n".join([*lines, f":small[Where: {where}]"])


def plain(text: str) -> str:
    """Text from outside with nothing in it that markdown would take as its own."""
    return MARKDOWN.sub(r"\\\1", text)


def empty(text: str, icon: str) -> None:
    """Nothing is here yet, and what would bring it; no error."""
    st.info(text, icon=icon)


def broken() -> None:
    """A card for every model, task, view or lesson whose folder does not load: seen, not swallowed."""
    for shelf in (catalog.models(), catalog.tasks(), catalog.views(), catalog.lessons()):
        for name, error in shelf.broken.items():
            with st.container(key=f"cards-{shelf.sort}-{name}"):
                st.error(f"**The {shelf.sort} {name} is broken and left out.** {type(error).__name__}: {error}")
