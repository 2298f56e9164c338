"""Views speak of kinds and dims: every panel names a declared signal and can be drawn."""

from __future__ import annotations

import importlib

import pytest

from memviz.contracts.panel import FORMS, REDUCTIONS, SCALES
from memviz.contracts.signal import Signal
from memviz.contracts.view import fills
from tests.render.frames import every_view, panels_of
from tests.render.managed import managed_trace
from tests.render.synthetic import ntm_trace

LENGTHS = {"error": Signal("score", ("t", "length"), "")}
NAMES = ("episode", "weighting", "memory", "gates", "addressing", "vectors", "hidden")


@pytest.fixture(scope="module")
def trace():
    return ntm_trace()


def panels(name, signals):
    return importlib.import_module(f"memviz.views.{name}").VIEW.panels(signals)


def test_every_panel_can_be_drawn(trace):
    found = panels_of(trace)
    assert len({panel.id for panel in found}) == len(found)
    for panel in found:
        dims = trace.signals[panel.signal].dims
        assert panel.form in FORMS
        assert panel.scale in SCALES
        assert {rule for rule, _ in panel.reduce} <= set(REDUCTIONS)
        covered = {panel.rows, panel.columns, *(dim for _, dim in panel.reduce)} - {None}
        assert covered == set(dims), panel.id


@pytest.mark.parametrize("view", every_view(), ids=lambda view: view.name)
def test_a_view_draws_only_what_it_says_it_needs(view):
    for signals in (ntm_trace().signals, managed_trace().signals, LENGTHS):
        drawn = {panel.signal for panel in view.panels(signals)} | {p.against for p in view.panels(signals)} - {None}
        assert all(fills(view, signals[name]) for name in drawn)


@pytest.mark.parametrize("name", NAMES)
def test_a_view_has_panels_for_an_ntm_and_none_for_nothing(name, trace):
    assert panels(name, trace.signals)
    assert panels(name, {}) == []


def test_names_do_not_matter(trace):
    renamed = {f"x{i}": signal for i, signal in enumerate(trace.signals.values())}
    for name in NAMES:
        assert len(panels(name, renamed)) == len(panels(name, trace.signals))


def test_the_last_declared_stage_is_the_weighting(trace):
    assert [panel.signal for panel in panels("weighting", trace.signals)] == ["write_weighting"] * 2 + [
        "read_weighting"
    ] * 2
    assert [panel.title for panel in panels("addressing", trace.signals) if panel.role == "read"] == [
        "Content",
        "Interpolated",
        "Shifted",
        "Weighting",
    ]


def test_the_overview_is_over_all_heads_and_the_other_panel_of_one(trace):
    overview, taken = panels("weighting", trace.signals)[:2]
    assert (overview.reduce, taken.reduce) == ((("max", "write"),), (("take", "write"),))


def test_a_model_without_memory_still_shows_its_episode_and_itself():
    signals = {
        "input": Signal("input", ("t", "input"), ""),
        "output": Signal("output", ("t", "output"), ""),
        "hidden": Signal("hidden", ("t", "hidden"), ""),
    }
    assert [len(panels(name, signals)) for name in NAMES] == [2, 0, 0, 0, 0, 0, 1]


def test_what_is_written_comes_above_the_memory_and_what_is_read_below(trace):
    memory = panels("memory", trace.signals)[0].order
    for panel in panels("vectors", trace.signals):
        assert (panel.order < memory) == (panel.role == "write")
