"""Views of how a memory manages its slots: matched by kind and dims, whatever the signals are called."""

from __future__ import annotations

import pytest

from memviz.contracts import places
from memviz.contracts.signal import Signal
from memviz.contracts.trace import Trace
from tests.render.managed import SIGNALS
from tests.render.synthetic import ntm_trace
from tests.views.test_views import panels

WANTED = {
    "usage": ["usage", "retention", "free_gate"],
    "slot_age": ["age", "reads"],
    "allocation": ["allocation", "write_content", "allocation_gate", "write_gate"],
    "linkage": ["link", "read_mode", "backward", "read_content", "forward"],
    "eviction": ["keys"],
    "key_space": ["keys"],
}


@pytest.mark.parametrize("name", WANTED)
def test_every_signal_has_its_panel(name):
    assert [panel.signal for panel in panels(name, SIGNALS)] == WANTED[name]
    assert panels(name, {}) == []


@pytest.mark.parametrize("name", WANTED)
def test_names_do_not_matter(name):
    renamed = {f"x{i}": signal for i, signal in enumerate(SIGNALS.values())}
    assert len(panels(name, renamed)) == len(WANTED[name])


def test_a_memory_that_does_not_manage_its_slots_has_only_its_words_and_events():
    assert [name for name in WANTED if panels(name, ntm_trace().signals)] == ["eviction", "key_space"]


def test_a_score_of_slots_is_enough_for_allocation_and_one_candidate_too():
    slots = ("t", "write", "slot")
    least_recently_used = {
        "usage": Signal("score", ("t", "slot"), ""),
        "least_used": Signal("weighting", slots, "the slots used least"),
        "write_gate": Signal("gate", ("t", "write"), ""),
        "write_weighting": Signal("weighting", slots, ""),
    }
    assert [panel.signal for panel in panels("allocation", least_recently_used)] == ["least_used", "write_gate"]


def test_slots_meet_slots_in_a_link():
    (link,) = [panel for panel in panels("linkage", SIGNALS) if panel.signal == "link"]
    assert (link.rows, link.columns, link.reduce, link.cursor) == ("slot", "slot", (("at", "t"),), None)


def test_keys_are_compared_with_queries():
    (points,) = panels("key_space", SIGNALS)
    assert (points.form, points.signal, points.against) == ("scatter", "keys", "query")


def test_of_two_memories_the_one_that_is_searched_is_drawn_against_the_queries():
    shipped = Trace.load(places.asset("recorded/keyvalue-recall-lesson.safetensors"))
    (points,) = panels("key_space", shipped.signals)
    assert (points.signal, points.against) == ("memory_keys", "read_key")
