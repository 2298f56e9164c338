"""Full-size figures of a recorded moment, and as files. Plotly is loaded only here, and only when somebody asks."""

from __future__ import annotations

from typing import Any

import streamlit as st

from memviz import catalog
from memviz.contracts.errors import MemvizError
from memviz.contracts.panel import Panel
from memviz.contracts.trace import Trace
from memviz.ui import cards, component, lengths
from memviz.ui.desk import desk, has_recorded, panels, recorded_path

CURVES = "curves"
EMPTY = ":material/theaters:"
WIDE, TALL = 1100, 620  # pixels; the width is that of a saved file


def figures(model: str, run_id: str | None) -> None:
    """Choose a moment and a panel, see it large, keep it as a file."""
    if run_id is None and not has_recorded(model):
        title = catalog.models()[model].title
        cards.empty(f"No recorded episode ships for {title}. Press **Train**, and its own can be seen here.", EMPTY)
        return
    try:
        run = desk().registry.get(run_id) if run_id else None
        trace = Trace.load(recorded_path(model)) if run is None else _recorded(run)
    except MemvizError as error:
        cards.trouble("There is no figure of this run.", error, ":material/monitoring:")
        return
    _choose(trace, run, model)


def _choose(trace: Trace, run: Any, model: str) -> None:
    """Which panel, at which step, on which scale."""
    left, middle, right = st.columns([3, 2, 2], vertical_alignment="bottom")
    drawn = {panel.id: panel for panel in panels(trace.signals)}
    titles = {name: full_title(panel) for name, panel in drawn.items()} | ({CURVES: "Learning curves"} if run else {})
    titles |= {lengths.LENGTHS: lengths.TITLE} if run or lengths.shipped(model) else {}
    first = next((i for i, panel in enumerate(drawn.values()) if panel.group == "weighting"), 0)
    name = left.selectbox("Figure", list(titles), first, titles.get, key="figure.panel")
    st.session_state["figure.t"] = min(st.session_state.get("figure.t", 0), trace.steps - 1)  # another may be shorter
    timeless = name in (CURVES, lengths.LENGTHS)
    t = middle.number_input("Step t", 0, trace.steps - 1, key="figure.t", disabled=timeless)
    root = right.toggle("Square-root scale", key="figure.root")
    if name != lengths.LENGTHS:
        _draw(trace, drawn.get(name), run, {"t": t}, root)
    elif found := lengths.measured(model, run):
        _draw(found, panels(found.signals)[0], run, {}, root)
        lengths.in_the_scope(found)


def _recorded(run: Any) -> Trace:
    """The trace of a recorded update that the person chooses."""
    records = run.records()
    update = records[-1]
    if len(records) > 1:
        update = st.select_slider("Recorded update", records, update, key="figure.update")
    trace: Trace = run.record(update).trace
    return trace


def full_title(panel: Panel) -> str:
    """A panel's title with its side, which in the scope the column says."""
    if panel.role in ("plain", panel.title.split()[0].lower()):
        return panel.title
    return f"{panel.role.capitalize()}: {panel.title.lower()}"


def _level(metrics: dict[str, float], name: str) -> dict[str, float]:
    return {key: metrics[f"{name}_{key}"] for key in ("bits", "wrong") if f"{name}_{key}" in metrics}


def _draw(trace: Trace, panel: Panel | None, run: Any, at: dict[str, int], root: bool) -> None:
    from memviz.render import plotly_figure as figure

    theme = "dark" if st.context.theme.type == "dark" else "light"
    if panel is None:
        metrics = run.status()["metrics"]
        drawn = figure.curves_figure(run.curve(0), _level(metrics, "chance"), theme, _level(metrics, "bound"))
    else:
        drawn = figure.panel_figure(trace, panel, at, theme=theme, root=root)
    st.plotly_chart(drawn, height=TALL, config=figure.CONFIG, theme=None, key="figure")

    def page() -> str:  # made when it is asked for: 5 MB, with plotly inside
        return figure.to_page(drawn, str(trace.meta.get("title", "memviz")))

    name = f"memviz-{CURVES if panel is None else panel.signal}"
    with st.container(horizontal=True, vertical_alignment="center", key="figure.row"):
        component.exports("figure.files", {"svg": figure.to_vector(drawn), "png": drawn.to_json()}, name, WIDE, TALL)
        st.download_button("HTML, one offline page", page, f"{name}.html", "text/html", on_click="ignore")
