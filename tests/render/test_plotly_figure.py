"""Plotly draws what the panels say: the same values, scales, colours and cursor as the scope."""

from __future__ import annotations

import json

import numpy as np
import pytest

from memviz.render.colours import ramp
from memviz.render.limits import limits_of
from memviz.render.plotly_figure import curves_figure, library, panel_figure, to_page, to_vector
from memviz.render.reduce import reduce_panel
from tests.render.frames import panels_of
from tests.render.node import evaluate, needs_node
from tests.render.synthetic import history, ntm_trace

TRACE = ntm_trace(words=3, slots=7, width=5, bits=3, heads=(2, 2))
PANELS = {panel.id: panel for panel in panels_of(TRACE) if panel.form in ("heatmap", "lines", "bars")}
AT = {"t": 4, "read": 1, "write": 1}


@pytest.mark.parametrize("name", PANELS)
def test_a_figure_holds_the_reduced_values(name):
    panel = PANELS[name]
    drawn = panel_figure(TRACE, panel, AT).data[0]
    values = drawn.customdata if panel.form == "heatmap" else drawn.x if panel.form == "bars" else drawn.y
    np.testing.assert_array_equal(np.asarray(values), reduce_panel(panel, TRACE, AT))


@needs_node
def test_both_renderers_reduce_alike():
    def plain(panel):
        return {"signal": panel.signal, "rows": panel.rows, "columns": panel.columns, "reduce": panel.reduce}

    names = {panel.signal for panel in PANELS.values()}
    trace = {
        "signals": {name: {"dims": TRACE.signals[name].dims} for name in names},
        "arrays": {name: {"data": TRACE[name].ravel().tolist(), "shape": TRACE[name].shape} for name in names},
    }
    panels = [plain(panel) for panel in PANELS.values()]
    found = evaluate(
        "reduce",
        "panels.map((panel) => Array.from($reduce.reduce(panel, trace, at).data))",
        panels=panels,
        trace=trace,
        at=AT,
    )
    for panel, values in zip(PANELS.values(), found, strict=True):
        np.testing.assert_allclose(values, reduce_panel(panel, TRACE, AT).ravel(), rtol=1e-6, err_msg=panel.id)


def test_scales_are_fixed_by_the_kind_and_not_by_the_data():
    drawn = panel_figure(TRACE, PANELS["weighting.read_weighting"], AT).data[0]
    assert (drawn.zmin, drawn.zmax) == (0, 1)
    memory = panel_figure(TRACE, PANELS["memory.memory"], AT).data[0]
    assert memory.zmax == -memory.zmin == limits_of(TRACE)["memory"]
    grown = panel_figure(TRACE, PANELS["memory.memory"], AT, limits={"memory": 5.0}).data[0]
    assert grown.zmax == 5


def test_the_colours_are_the_scopes_own_and_the_cursor_stands_at_t():
    figure = panel_figure(TRACE, PANELS["weighting.write_weighting"], AT, theme="dark")
    assert figure.data[0].colorscale[255][1] == "rgb({}, {}, {})".format(*ramp("write", "dark")[255])
    assert (figure.layout.shapes[0].x0, figure.layout.shapes[0].x1) == (3.5, 4.5)
    assert "row = slot" in figure.layout.title.text


def test_the_square_root_scale_keeps_the_exact_value_for_the_pointer():
    panel = PANELS["weighting.read_weighting"]
    drawn = panel_figure(TRACE, panel, AT, root=True).data[0]
    np.testing.assert_allclose(np.asarray(drawn.z), np.sqrt(reduce_panel(panel, TRACE, AT)), rtol=1e-6)
    np.testing.assert_array_equal(np.asarray(drawn.customdata), reduce_panel(panel, TRACE, AT))


def test_curves_show_the_level_of_a_network_that_knows_nothing():
    figure = curves_figure(history(), {"bits": 33.0, "wrong": 16.5})
    assert [line.name for line in figure.data] == ["bits per sequence", "wrong bits", "gradient norm"]
    assert [shape.y0 for shape in figure.layout.shapes] == [33.0, 16.5]


def test_curves_show_the_level_of_the_best_possible_predictor():
    figure = curves_figure(history(), {"bits": 33.0, "wrong": 16.5}, bound={"bits": 7.0, "wrong": 2.5})
    assert [shape.y0 for shape in figure.layout.shapes] == [33.0, 7.0, 16.5, 2.5]
    assert "best 7" in [note.text for note in figure.layout.annotations]


def test_a_page_of_a_figure_needs_no_network():
    page = to_page(panel_figure(TRACE, PANELS["memory.memory"]), "a memory")
    assert "<title>a memory</title>" in page
    assert 'src="http' not in page


def test_a_vector_figure_has_a_path_for_every_cell_that_is_not_paper():
    values = reduce_panel(PANELS["weighting.write_weighting"], TRACE, AT)
    whole = panel_figure(TRACE, PANELS["weighting.write_weighting"], AT)
    drawn = json.loads(to_vector(whole))
    paths = [shape for shape in drawn["layout"]["shapes"] if shape["type"] == "path"]
    inked = np.rint(np.clip(values, 0, 1) * 255) > 0
    assert sum(path["path"].count("M") for path in paths) == inked.sum() > 0
    heaviest = np.unravel_index(values.argmax(), values.shape)
    square = f"M{heaviest[1] - 0.5},{heaviest[0] - 0.5}H"
    (colour,) = [path["fillcolor"] for path in paths if square in path["path"]]
    assert colour == "rgb({}, {}, {})".format(*ramp("write", "light")[round(255 * values.max())])
    assert drawn["layout"]["shapes"][-1]["type"] == "rect"  # the cursor lies above
    assert [trace["type"] for trace in drawn["data"]] == ["scatter"]  # no picture, and its scale alone
    assert drawn["data"][0]["marker"]["showscale"]
    assert drawn["layout"]["yaxis"]["range"] == [values.shape[0] - 0.5, -0.5]


def test_what_is_not_finite_has_no_path():
    trace = type(TRACE)(TRACE.signals, {**TRACE.arrays, "write_weighting": TRACE["write_weighting"] * np.nan})
    drawn = json.loads(to_vector(panel_figure(trace, PANELS["weighting.write_weighting"], AT)))
    assert [shape["type"] for shape in drawn["layout"]["shapes"]] == ["rect"]


def test_the_drawing_library_is_here_and_whole():
    assert len(library()) > 1_000_000
    assert b"toImage" in library()
