"""Pictures of how a memory manages its slots: both renderers find the same matrix, the same marks, the same points."""

from __future__ import annotations

import numpy as np
import pytest

from memviz.contracts import places
from memviz.contracts.errors import CatalogError
from memviz.contracts.panel import Panel
from memviz.contracts.signal import Signal
from memviz.contracts.trace import Trace
from memviz.render.answers import answers
from memviz.render.plotly_figure import panel_figure
from memviz.render.projection import directions, longest, project, words
from memviz.render.reduce import reduce_panel
from memviz.render.timeline import marks
from tests.render.frames import panels_of
from tests.render.managed import managed_trace
from tests.render.node import evaluate, needs_node
from tests.render.synthetic import ntm_trace
from tests.render.test_scope_js import TYPED, as_js

TRACE = managed_trace()
PANELS = {panel.id: panel for panel in panels_of(TRACE)}
LINK, KEYS, EVENTS = (PANELS[name] for name in ("linkage.link", "key_space.keys", "eviction.keys"))


def js(trace, panels=()):
    """The trace as the browser has it, with its events and panels."""
    events = [event.to_dict() for event in trace.events]
    fields = ("id", "group", "order", "form", "signal", "rows", "columns", "reduce", "role", "against")
    return as_js(trace) | {"events": events, "panels": [{f: getattr(p, f) for f in fields} for p in panels]}


def test_the_rows_of_a_link_are_what_was_written_after_the_columns():
    last = TRACE.steps - 1
    np.testing.assert_array_equal(reduce_panel(LINK, TRACE, {"t": last}), TRACE["link"][last])
    assert TRACE["link"][last].sum() > 0
    drawn = panel_figure(TRACE, LINK, {"t": last}).data[0]
    np.testing.assert_array_equal(drawn.customdata, TRACE["link"][last])


@needs_node
def test_both_renderers_take_the_same_link_matrix():
    panel = {"signal": "link", "rows": "slot", "columns": "slot", "reduce": [["at", "t"]]}
    found = evaluate(
        "reduce", TYPED % "Array.from($reduce.reduce(panel, trace, { t: 9 }).data)", panel=panel, trace=js(TRACE)
    )
    np.testing.assert_allclose(found, TRACE["link"][9].ravel(), rtol=1e-6)


def test_an_eviction_knows_whether_its_item_is_asked_for_again():
    found = [mark for mark in marks(TRACE) if mark.name == "evict"]
    gone = [event for event in TRACE.events if event.name == "evict"]
    assert len(found) == len(gone) > 3
    for mark, event in zip(found, gone, strict=True):
        later = [e.t for e in TRACE.events if e.item == event.item and e.name in ("hit", "miss") and e.t > event.t]
        assert mark.again == (min(later) if later else None)
        assert mark.text == f"evict slot {event.slot}, item {event.item} (oldest)"
    assert {mark.again is None for mark in found} == {True, False}


@needs_node
def test_reads_and_writes_alone_make_no_timeline():
    for trace, found in ((TRACE, True), (ntm_trace(), False)):
        assert evaluate("timeline", "$timeline.isTimeline(trace)", trace=js(trace)) is found


@needs_node
def test_both_renderers_find_the_same_marks():
    found = evaluate("timeline", "$timeline.marksOf(trace)", trace=js(TRACE))
    assert [(m["t"], m["name"], m["slot"], m["again"], m["text"]) for m in found] == [
        (m.t, m.name, m.slot, m.again, m.text) for m in marks(TRACE)
    ]
    said = evaluate(
        "timeline", "Array.from({ length: trace.T }, (_, t) => $timeline.happened(trace, t))", trace=js(TRACE)
    )
    evicted = next(mark for mark in marks(TRACE) if mark.again is not None)
    assert f"{evicted.text}, asked for again at t = {evicted.again}" in said[evicted.t]


def test_the_figure_of_the_timeline_holds_every_event_at_its_place():
    figure = panel_figure(TRACE, EVENTS, {"t": 3})
    drawn = [(t, slot) for sort in figure.data for t, slot in zip(sort.x, sort.y, strict=True)]
    assert sorted(drawn) == sorted((m.t, 6 if m.slot is None else m.slot) for m in marks(TRACE))
    assert {"write", "hit", "miss", "evict", "evict, asked for again"} == {sort.name for sort in figure.data}
    assert len({sort.marker.symbol for sort in figure.data}) == 4  # hit and miss, evict by shape, not by colour alone


def test_the_axes_are_the_two_directions_of_largest_spread():
    found = project(KEYS, TRACE)
    np.testing.assert_allclose(found.axes @ found.axes.T, np.eye(2), atol=1e-6)
    keys, queries = TRACE["keys"][-1].astype(float), TRACE["query"][:, 0].astype(float)
    unit = np.concatenate([keys, queries])
    unit = unit / np.linalg.norm(unit, axis=1, keepdims=True)
    values = np.linalg.eigvalsh(np.cov(unit.T, bias=True))[::-1]
    np.testing.assert_allclose(found.share, values[:2] / values.sum(), rtol=1e-3)


def test_a_query_lies_by_the_slot_that_holds_its_item_and_an_empty_slot_nowhere():
    figure = panel_figure(TRACE, KEYS, {"t": TRACE.steps - 1})
    slots, query = figure.data[1], figure.data[2]
    away = np.hypot(np.array(slots.x) - query.x[0], np.array(slots.y) - query.y[0])
    assert TRACE["read_weighting"][-1, 0].argmax() in np.argsort(away)[:2]
    first = panel_figure(TRACE, KEYS, {"t": 0}).data[1]
    assert np.isnan(np.array(first.x, float)).sum() == 5


@needs_node
def test_both_renderers_find_the_same_points():
    code = """(() => {
      const projection = $projection.projectionOf(trace.panels[0], trace);
      const points = $projection.pointsOf(projection, $projection.wordsOf(trace, "keys", 4));
      return { axes: projection.axes, share: projection.share, bound: projection.bound, points };
    })()"""
    found = evaluate("projection", TYPED % code, trace=js(TRACE, [KEYS]))
    want = project(KEYS, TRACE)
    np.testing.assert_allclose(found["axes"], want.axes, atol=1e-9)
    np.testing.assert_allclose([*found["share"], found["bound"]], [*want.share, want.bound], rtol=1e-9)
    points = want.points(TRACE["keys"][4].astype(float), longest(TRACE["keys"][4]))
    got = [point or (np.nan, np.nan) for point in found["points"]]
    np.testing.assert_allclose(np.array(got, float), points, atol=1e-9)


@needs_node
def test_the_slot_most_like_the_query_is_found_by_its_key_and_not_by_its_value():
    trace = Trace.load(places.asset("recorded/keyvalue-recall-lesson.safetensors"))
    (panel,) = (panel for panel in panels_of(trace) if panel.form == "scatter")
    keys, queries = (trace[name].astype(float) for name in ("memory_keys", "read_key"))
    with np.errstate(invalid="ignore"):  # a slot that is still free has no direction
        alike = np.einsum("tnw,tw->tn", keys, queries[:, 0]) / np.linalg.norm(keys, axis=-1)
    known = np.isfinite(alike).any(1)
    best = np.where(np.isfinite(alike), alike, -np.inf).argmax(1)[known]
    code = "Array.from({ length: trace.T }, (_, t) => $projection.mostAlike(trace.panels[0], trace, t, 0).slot)"
    told = evaluate("projection", TYPED % code, trace=js(trace, [panel]))
    np.testing.assert_array_equal(np.array(told)[known], best)
    drawn = [directions(each, longest(each)) for each in words(panel, trace)[0]]
    near = [np.nan_to_num(np.array(d) @ q[0], nan=-np.inf).argmax() for d, q in zip(drawn, queries, strict=True)]
    np.testing.assert_array_equal(np.array(near)[known], best)


@needs_node
def test_a_part_is_on_the_page_only_when_the_trace_has_something_for_it():
    def parts(trace):
        code = TYPED % "$arrange.arrange(trace).parts.map((part) => part.group)"
        return evaluate("arrange", code, trace=js(trace, panels_of(trace)))

    assert parts(TRACE) == ["events", "usage", "allocation", "links", "keys"]
    assert parts(ntm_trace(words=3, slots=6, width=4, bits=2)) == ["keys", "controller"]


@pytest.mark.parametrize(
    ("form", "rows", "against"), [("events", None, None), ("scatter", "slot", None), ("lines", None, "x")]
)
def test_a_panel_without_what_its_form_needs_is_refused(form, rows, against):
    with pytest.raises(CatalogError, match="Panel"):
        Panel("a.b", "keys", 0, "", "", form, "keys", rows, "word", "signed", against=against)


def told(classes):
    """An episode whose answers come in three phases, with one wrong answer in the second."""
    target = np.eye(3)[[0, 1, 2, 0, 1, 2]] if classes else np.array([[0, 1, 1]] * 6)
    output = np.array(target, float)
    output[2] = [0.7, 0.2, 0.1] if classes else [0, 1, 0.2]
    signals = {
        "output": Signal("output", ("t", "output"), ""),
        "target": Signal("target", ("t", "output"), ""),
        "mask": Signal("gate", ("t",), ""),
    }
    phases = ["show", "1st", "2nd", "1st", "2nd", "2nd"]
    arrays = {"output": output, "target": target.astype(float), "mask": np.array([0.0, 1, 1, 1, 1, 1])}
    return Trace(signals, arrays, meta={"phases": phases})


@needs_node
@pytest.mark.parametrize(("classes", "second"), [(True, 2.0), (False, 8 / 3)])
def test_answers_are_counted_phase_by_phase_by_both_renderers(classes, second):
    trace = told(classes)
    (panel,) = [panel for panel in panels_of(trace) if panel.form == "answers"]
    found = [(each.phase, each.right, each.total) for each in answers(panel, trace)]
    assert found == [("1st", 2.0, 2), ("2nd", pytest.approx(second), 3)]
    values = js(trace, [panel]) | {"meta": dict(trace.meta)}
    seen = evaluate("answers", TYPED % "$answers.answersOf(trace.panels[0], trace)", trace=values)
    assert [(each["phase"], pytest.approx(each["right"]), each["total"]) for each in seen] == found
    bar = panel_figure(trace, panel, {}).data[0]
    assert list(bar.y) == ["1st", "2nd"]
    assert list(bar.x) == pytest.approx([1.0, second / 3])
