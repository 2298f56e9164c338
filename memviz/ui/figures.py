"""Full-size figures of a recorded moment, and as files. Plotly is loaded only here, and only when somebody asks."""

from __future__ import annotations

from typing import Any

import streamlit as st

from memviz.contracts import places
from memviz.contracts.trace import Trace
from memviz.ui.desk import desk, panels, recorded_path


def figures(model: str, run_id: str | None) -> None:
    """Choose an update and a panel, see it large, keep it as a page; the camera above it saves an SVG."""
    run = desk().registry.get(run_id) if run_id else None
    if run is None:
        st.caption("The recorded episode. Start a run, and every recorded update of it can be drawn here.")
        trace, update = Trace.load(recorded_path(model)), None
    else:
        records = run.records()
        update = (
            st.select_slider("Recorded update", records, records[-1], key="figure.update")
            if len(records) > 1
            else records[0]
        )
        trace = run.record(update).trace
    left, middle, right = st.columns([3, 2, 2], vertical_alignment="bottom")
    drawn = panels(trace.signals)
    names = [panel.id for panel in drawn] + (["curves"] if run else [])
    titles = {panel.id: panel.title for panel in drawn} | {"curves": "Learning curves"}
    name = left.selectbox("Figure", names, format_func=titles.get, key="figure.panel")
    t = middle.number_input("Step t", 0, trace.steps - 1, min(trace.steps - 1, 0), key="figure.t")
    root = right.toggle("Square-root scale", key="figure.root")
    _draw(trace, next((panel for panel in drawn if panel.id == name), None), run, {"t": t}, root)


def _draw(trace: Trace, panel: Any, run: Any, at: dict[str, int], root: bool) -> None:
    from memviz.render import plotly_figure as figure

    theme = "dark" if st.context.theme.type == "dark" else "light"
    if panel is None:
        chance = run.status()["metrics"]
        levels = {"bits": chance.get("chance_bits"), "wrong": chance.get("chance_wrong")}
        drawn = figure.curves_figure(run.curve(0), {k: v for k, v in levels.items() if v is not None}, theme)
    else:
        drawn = figure.panel_figure(trace, panel, at, theme=theme, root=root)
    st.plotly_chart(drawn, height=620, config=figure.CONFIG, theme=None, key="figure")
    page = lambda: figure.to_page(drawn, trace.meta.get("title", places.__name__))  # noqa: E731 - made when clicked
    st.download_button("Keep as one offline page (HTML)", page, "memviz.html", "text/html", icon=":material/download:")
