"""The Lab's drawer of sweeps: those in the data folder, live while `memviz sweep` computes their rows."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import streamlit as st

from memviz.contracts import places
from memviz.contracts.errors import FileError
from memviz.study.book import Book
from memviz.study.summary import by_arm
from memviz.ui import cards
from memviz.ui.spread import chart, table

EVERY = 2.0  # seconds between two looks at the folder


def sweeps() -> None:
    """Choose a sweep, and see how its settings converge."""
    found = sorted(places.sweeps().glob("*/study.json"), key=lambda path: path.stat().st_mtime, reverse=True)
    if not found:
        st.info("No sweep is here yet. `memviz sweep MODEL TASK --set KNOB=V,V --seeds 10` starts one on all cores.")
        return
    name = st.selectbox("Sweep", [path.parent.name for path in found], key="sweep.name")
    watch(places.sweeps() / name)


@st.fragment(run_every=EVERY)
def watch(folder: Path) -> None:
    """One sweep: how far it is, what trains now, how its settings spread."""
    book = Book(folder)
    try:
        told, rows = book.read(), book.rows()
    except FileError as error:
        cards.trouble("This sweep cannot be read.", str(error))
        return
    every, now = len(told["cells"]), book.now()
    keys = list(dict.fromkeys(cell["arm"] for cell in told["cells"]))
    st.markdown(f"**{told['title']}** · {len(rows)} of {every} trainings done")
    if len(rows) < every:
        st.progress(len(rows) / every)
        st.caption(_news(now) if now else "Nothing trains now; the same command goes on where it was stopped.")
    arms = by_arm(rows, keys)
    if any("sequences" in row for row in rows):
        chart(arms, Counter(cell["arm"] for cell in told["cells"]))
        table(arms)
    st.code(told.get("command", ""), language="sh")


def _news(now: list[dict[str, object]]) -> str:
    return " · ".join(f"{one['arm']}, seed {one['seed']}: {one['sequences']:,} sequences" for one in now)
