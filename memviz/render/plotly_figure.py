"""The same Panels in plotly, one at full size: to look closely, to put into a paper, to keep as a page. Never live."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import plotly.graph_objects as go
from plotly.offline import get_plotlyjs

from memviz.contracts.panel import Panel
from memviz.render.colours import PAPER, SEQUENTIAL, ramp
from memviz.render.limits import limits_of
from memviz.render.marks_figure import key_traces, phase_traces, timeline_traces
from memviz.render.reduce import reduce_panel
from memviz.render.vector import cell_paths

INK = {"light": "#1a2230", "dark": "#e9ecef"}
HAIR = {"light": "#dfe2e0", "dark": "#2c323a"}
FONT = '"Source Sans 3", "Source Sans", "Segoe UI", "Helvetica Neue", Arial, sans-serif'
AXES = {"t": "step t", "slot": "slot", "word": "word", "read": "read head", "write": "write head", "shift": "offset"}
# for st.plotly_chart(config=...): the camera button saves a vector file
CONFIG = {"displaylogo": False, "toImageButtonOptions": {"format": "svg", "filename": "memviz", "scale": 2}}


def panel_figure(
    trace: Any,
    panel: Panel,
    at: Mapping[str, int] | None = None,
    *,
    theme: str = "light",
    root: bool = False,
    limits: Mapping[str, Any] | None = None,
) -> go.Figure:
    """One panel as a figure with its legend in words, its fixed scale and the time cursor.

    `at`: index of "t" and of the heads taken; `root`: the square-root scale; `limits`: the run's scales.
    """
    if panel.form in ("events", "scatter", "answers"):
        return _marks(trace, panel, (at or {}).get("t", 0), theme)
    values = reduce_panel(panel, trace, at)
    bound = bound_of(panel, limits or limits_of(trace), trace.signals[panel.signal].kind)
    drawers = {"heatmap": _heatmap, "lines": _line, "bars": _bars}
    figure = go.Figure(drawers[panel.form](panel, values, bound, theme, root))
    figure.update_layout(**_layout(panel, theme, (at or {}).get("t", 0)))
    if panel.form == "bars":
        figure.update_xaxes(range=[0, bound], title="value")
        figure.update_yaxes(title=AXES.get(panel.columns, panel.columns), autorange="reversed")
    elif panel.form == "lines":
        figure.update_yaxes(range=[0, bound * 1.05], title="value")
    else:
        figure.update_yaxes(autorange="reversed", title=AXES.get(panel.rows or "", panel.rows))
        if panel.rows == "length" and (lengths := trace.meta.get("lengths")):
            figure.update_yaxes(tickvals=list(range(len(lengths))), ticktext=[str(length) for length in lengths])
    if panel.cursor:
        _cursor(figure, (at or {}).get(panel.cursor, 0), theme)
    return figure


def _marks(trace: Any, panel: Panel, t: int, theme: str) -> go.Figure:
    """A panel of marks: events on slots and steps, words as points, or a bar a phase."""
    if panel.form == "answers":
        figure = go.Figure(phase_traces(panel, trace, theme), layout=_layout(panel, theme, t))
        figure.update_xaxes(range=[0, 1], title="share that is right")
        figure.update_yaxes(autorange="reversed")
        return figure
    if panel.form == "events":
        slots = trace.size("slot")
        figure = go.Figure(timeline_traces(trace, slots, theme), layout=_layout(panel, theme, t))
        figure.update_xaxes(range=[-0.5, trace.steps - 0.5], zeroline=False)
        named = list(range(0, slots, max(1, slots // 8)))
        lane = {"tickvals": [*named, slots], "ticktext": [*map(str, named), "none"], "zeroline": False}
        figure.update_yaxes(range=[slots + 0.5, -0.5], title="slot", **lane)
        _cursor(figure, t, theme)
    else:
        points, bound, (across, up) = key_traces(panel, trace, t, theme)
        figure = go.Figure(points, layout=_layout(panel, theme, t))
        figure.update_xaxes(range=[-bound, bound], title=across)
        figure.update_yaxes(range=[-bound, bound], title=up, scaleanchor="x")
    figure.update_layout(showlegend=True)
    return figure


def _cursor(figure: go.Figure, t: int, theme: str) -> None:
    figure.add_vrect(x0=t - 0.5, x1=t + 0.5, line={"color": INK[theme], "width": 1.5}, fillcolor="rgba(0,0,0,0)")


def bound_of(panel: Panel, limits: Mapping[str, Any], kind: str) -> float:
    """The top of the panel's fixed scale, as scope/js/colours.js has it."""
    if panel.scale in ("unit", "bit"):
        return 1.0
    if kind == "memory":
        return float(limits.get("memory") or 1.0)
    group = "positive" if panel.scale == "positive" else "signed"
    return float(limits.get(group, {}).get(panel.signal) or 1.0)


def colour_scale(panel: Panel, theme: str) -> list[list[Any]]:
    """The scope's own ramp as a plotly colour scale."""
    name = "signed" if panel.scale == "signed" else panel.role
    table = ramp(name, theme)
    return [[i / 255, "rgb({}, {}, {})".format(*table[i])] for i in range(256)]


def _heatmap(panel: Panel, values: np.ndarray, bound: float, theme: str, root: bool) -> go.Heatmap:
    low = -bound if panel.scale == "signed" else 0.0
    shown = np.sign(values) * np.sqrt(np.abs(values) / bound) * bound if root else values
    ticks = [low, 0.0, bound] if low else [0.0, bound]
    title = "square-root scale" if root else ""
    return go.Heatmap(
        z=shown,
        customdata=values,
        zmin=low,
        zmax=bound,
        colorscale=colour_scale(panel, theme),
        xgap=1,
        ygap=1,
        hovertemplate=f"{panel.rows} %{{y}}, {panel.columns} %{{x}}<br>%{{customdata:.6g}}<extra></extra>",
        colorbar={"tickvals": ticks, "ticktext": [f"{tick:g}" for tick in ticks], "thickness": 12, "title": title},
    )


def _line(panel: Panel, values: np.ndarray, bound: float, theme: str, root: bool) -> go.Scatter:
    colour = SEQUENTIAL[theme][panel.role][1]
    hover = f"{panel.columns} %{{x}}<br>%{{y:.6g}}<extra></extra>"
    return go.Scatter(
        x=np.arange(len(values)), y=values, mode="lines+markers", line={"color": colour}, hovertemplate=hover
    )


def _bars(panel: Panel, values: np.ndarray, bound: float, theme: str, root: bool) -> go.Bar:
    colour = SEQUENTIAL[theme][panel.role][1]
    hover = f"{panel.columns} %{{y}}<br>%{{x:.6g}}<extra></extra>"
    return go.Bar(x=values, y=np.arange(len(values)), orientation="h", marker={"color": colour}, hovertemplate=hover)


def _layout(panel: Panel, theme: str, t: int) -> dict[str, Any]:
    at = f" at t = {t}" if ("at", "t") in panel.reduce else ""
    axis = {"gridcolor": HAIR[theme], "zerolinecolor": HAIR[theme]}
    return {
        "title": {"text": f"{panel.title}{at}<br><sup>{panel.legend}</sup>"},
        "font": {"family": FONT, "color": INK[theme]},
        "paper_bgcolor": PAPER[theme],
        "plot_bgcolor": PAPER[theme],
        "xaxis": {"title": AXES.get(panel.columns, panel.columns), "showgrid": False, **axis},
        "yaxis": {"showgrid": panel.form == "lines", **axis},
        "margin": {"l": 60, "r": 20, "t": 70, "b": 50},
        "showlegend": False,
    }


def curves_figure(
    curve: Mapping[str, np.ndarray],
    chance: Mapping[str, float] | None = None,
    theme: str = "light",
    bound: Mapping[str, float] | None = None,
) -> go.Figure:
    """Bits per sequence and wrong bits over the updates, with their chance levels dashed, and the gradient norm.

    `curve` as Run.curve gives it; `chance` {"bits": ..., "wrong": ...}, and so the `bound` of the best possible
    predictor where that is not 0. The legend shows and hides lines.
    """
    lines = {
        "bits": ("bits per sequence", "plain"),
        "wrong": ("wrong bits", "write"),
        "norm": ("gradient norm", "read"),
    }
    figure = go.Figure()
    for name, (title, role) in lines.items():
        line = {"color": SEQUENTIAL[theme][role][1]}
        figure.add_scatter(
            x=curve["update"], y=curve[name], name=title, line=line, visible=name != "norm" or "legendonly"
        )
        for says, levels in (("chance", chance), ("best", bound)):
            if levels and name in levels:
                text = f"{says} {levels[name]:.3g}"
                figure.add_hline(y=levels[name], line={"dash": "dot", **line}, annotation_text=text)
    axis = {"gridcolor": HAIR[theme], "zerolinecolor": HAIR[theme]}
    figure.update_layout(
        font={"family": FONT, "color": INK[theme]},
        paper_bgcolor=PAPER[theme],
        plot_bgcolor=PAPER[theme],
        xaxis={"title": "update", **axis},
        yaxis={"title": "per sequence", "rangemode": "tozero", **axis},
        legend={"orientation": "h", "y": 1.08},
        margin={"l": 60, "r": 20, "t": 50, "b": 50},
    )
    return figure


def to_vector(figure: go.Figure) -> str:
    """The figure as JSON for a vector file: its cells are paths, and nothing of it is a picture in pixels."""
    drawn = go.Figure(figure)
    for trace in [trace for trace in drawn.data if trace.type == "heatmap"]:
        colours = [colour for _, colour in trace.colorscale]
        paths = cell_paths(trace.z, trace.zmin, trace.zmax, colours, figure.layout.paper_bgcolor)
        drawn.layout.shapes = (*paths, *drawn.layout.shapes)
        drawn.data = [other for other in drawn.data if other is not trace]
        drawn.add_trace(_scale_alone(trace))
        rows, columns = np.shape(trace.z)
        drawn.update_xaxes(range=[-0.5, columns - 0.5], zeroline=False)
        drawn.update_yaxes(range=[rows - 0.5, -0.5], zeroline=False, showgrid=False)
    return str(drawn.to_json())


def _scale_alone(heatmap: go.Heatmap) -> go.Scatter:
    """The colour scale of a heatmap without its picture."""
    scale = {"colorscale": heatmap.colorscale, "colorbar": heatmap.colorbar.to_plotly_json(), "showscale": True}
    marker = {"color": [heatmap.zmin], "cmin": heatmap.zmin, "cmax": heatmap.zmax, **scale}
    return go.Scatter(x=[None], y=[None], mode="markers", marker=marker, hoverinfo="skip")


def library() -> bytes:
    """The plotly.js that ships with plotly, for a browser that saves a figure."""
    return str(get_plotlyjs()).encode()


def to_page(figure: go.Figure, title: str = "memviz") -> str:
    """The figure as one offline HTML page, plotly inside."""
    page: str = figure.to_html(include_plotlyjs=True, full_html=True, config=CONFIG, default_height="100vh")
    return page.replace("<head>", f"<head><title>{title}</title>", 1)
