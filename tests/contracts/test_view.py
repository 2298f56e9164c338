"""Views match signals by kind and dims, and panels are only what both renderers can draw."""

from __future__ import annotations

import pytest

from memviz.contracts.errors import CatalogError
from memviz.contracts.panel import Panel
from memviz.contracts.signal import Signal
from memviz.contracts.view import View, matches, panels_of

SOUND = {"id": "v.x", "group": "weighting", "order": 0, "title": "", "legend": "", "form": "heatmap", "signal": "x"}
SOUND |= {"rows": "slot", "columns": "t", "scale": "unit"}


def test_head_matches_read_and_write_heads_only():
    need = ("weighting", ("t", "head", "slot"))
    assert matches(Signal("weighting", ("t", "read", "slot"), ""), *need)
    assert matches(Signal("weighting", ("t", "write", "slot"), ""), *need)
    assert not matches(Signal("weighting", ("t", "mode", "slot"), ""), *need)
    assert not matches(Signal("weighting", ("t", "slot"), ""), *need)
    assert not matches(Signal("score", ("t", "read", "slot"), ""), *need)


def test_a_view_is_asked_only_where_one_of_its_needs_is_declared():
    panel = Panel(**SOUND)
    view = View("v", "", "", {"memory": ("memory", ("t", "slot", "word"))}, lambda signals: [panel])
    assert panels_of([view], {"x": Signal("memory", ("t", "slot", "word"), "")}) == [panel]
    assert panels_of([view], {"x": Signal("usage", ("t", "slot"), "")}) == []


def test_a_panel_both_renderers_can_draw_is_made():
    assert Panel(**SOUND, reduce=(("take", "read"), ("at", "t")), role="read").scale == "unit"


@pytest.mark.parametrize(
    "wrong",
    [
        {"form": "pie"},
        {"scale": "log"},
        {"role": "erase"},
        {"rows": None},
        {"form": "lines"},
        {"group": "elsewhere"},
        {"cursor": "slot"},
        {"columns": "word"},
        {"reduce": (("mean", "slot"),)},
        {"reduce": (("at", "slot"),)},
        {"reduce": (("max", "read"), ("min", "t"))},
    ],
)
def test_a_panel_one_renderer_could_not_draw_is_refused(wrong):
    with pytest.raises(CatalogError, match=r"Panel\."):
        Panel(**(SOUND | wrong))
