"""Errors by length in the Lab's figures: of the weights that ship, of a run, and what cannot be measured."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from memviz import catalog
from memviz.contracts import places
from memviz.contracts.errors import ConfigError
from memviz.contracts.signal import Signal
from memviz.contracts.trace import Trace
from memviz.training.recipe import plan
from memviz.training.state import TrainState
from memviz.ui import lengths
from memviz.ui.desk import desk
from tests.ui.fakes import FakeRegistry
from tests.ui.test_lab import encode, lab, pick, told

ERRORS = Trace({"error": Signal("score", ("t", "length"), "share")}, {"error": np.zeros((5, 2), np.float32)})


def figures(**query):
    at = lab(unfolded=True, **query)
    pick(at, "drawer", "figures")
    return at


def choose(at):
    (field,) = [box for box in at.selectbox if box.key.endswith("figure.panel")]
    field.set_value(lengths.LENGTHS).run()
    assert not at.exception
    return at


def options(at):
    (field,) = [box for box in at.selectbox if box.key.endswith("figure.panel")]
    return field.options


@pytest.fixture
def measured(monkeypatch):
    """Counts how often something is measured."""
    asked = []
    monkeypatch.setattr(lengths, "_measure", lambda setup, state: asked.append(setup) or ERRORS)
    return asked


def test_the_weights_that_ship_are_tried_once_and_only_when_asked(measured):
    at = figures()
    assert lengths.TITLE in options(at)
    assert measured == []
    choose(at)
    assert at.get("plotly_chart")
    (root,) = [toggle for toggle in at.toggle if toggle.key == "figure.root"]
    root.set_value(True).run()
    assert len(measured) == 1


def test_the_scope_shows_the_same_picture(measured):
    at = choose(figures())
    (show,) = [toggle for toggle in at.toggle if toggle.label == lengths.SHOW]
    show.set_value(True).run()
    (drawn,) = [data for data in told_all(at) if "opened" in data["source"].get("recorded", "")]
    assert desk().looked_at(drawn["source"]["recorded"].rpartition("/")[2]) is ERRORS


def told_all(at):
    import json

    return [json.loads(c.proto.json) for c in at.get("bidi_component") if c.proto.component_name == "memviz_scope"]


def test_what_cannot_be_measured_is_a_card(monkeypatch):
    def refuse(setup, state):
        raise ConfigError("lengths: want a task whose episodes come in lengths, got own (choose another)")

    monkeypatch.setattr(lengths, "_measure", refuse)
    assert "cannot be measured" in choose(figures()).warning[0].value


def test_a_model_without_weights_offers_no_lengths(monkeypatch, tmp_path):
    monkeypatch.setattr(places, "weights", lambda model: tmp_path / model)
    assert not lengths.shipped("lstm")
    assert told(lab(recipe=encode({"model": "lstm", "task": "copy", "preset": "lesson", "seed": 1})))


def test_a_runs_last_record_is_measured(monkeypatch):
    monkeypatch.setitem(desk().__dict__, "registry", FakeRegistry())
    recipe = {"model": "ntm", "task": "copy", "preset": "lesson", "seed": 4, "knobs": {"model": {"N": 6}}}
    planned = plan(recipe, catalog.models(), catalog.tasks())
    state = TrainState.first(planned.setup, planned.config)
    run = SimpleNamespace(id="one", recipe=recipe, records=lambda: [0, 8], state_at=lambda update: (update, state)[1])
    setup, found = lengths._record_of(run, 8)
    assert (setup.model_config.N, setup.seed, found) == (6, 4, state)
    trace = lengths._measure(setup, found)
    assert trace.meta["trained"] == 8
