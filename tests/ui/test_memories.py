"""A memory goes out of a run as a file, and comes into the next one by it."""

from __future__ import annotations

import json

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from memviz import catalog
from memviz.contracts import store
from memviz.contracts.errors import MemvizError
from memviz.training.config import TrainConfig
from memviz.training.memory import FORMAT
from memviz.training.recipe import plan
from memviz.training.state import TrainState
from memviz.ui import desk as desks
from memviz.ui import memories
from memviz.ui.recipe import encode
from memviz.ui.server import PAGE
from tests.ui.fakes import FakeRegistry

SMALL = {"model": {"N": 8, "W": 4, "hidden": 8}}
RECIPE = {"model": "ntm", "task": "copy", "preset": "lesson", "seed": 3, "knobs": SMALL}
MEMORY = np.arange(32, dtype=np.float32).reshape(8, 4)
BLOB = store.pack(FORMAT, {"model": "ntm", "task": "copy", "secret": "x"}, {"memory": MEMORY})


@pytest.fixture
def registry(monkeypatch):
    made = FakeRegistry()
    monkeypatch.setitem(desks.desk().__dict__, "registry", made)
    return made


def drawer(**query) -> AppTest:
    at = AppTest.from_file(PAGE, default_timeout=60)
    at.session_state["unfolded"], at.session_state["drawer"] = True, "memory"
    for name, value in query.items():
        at.query_params[name] = value
    at.run()
    assert not at.exception
    return at


def recipe(at: AppTest) -> dict:
    return json.loads(at.get("bidi_component")[0].proto.json)["recipe"]


def upload(at: AppTest, blob: bytes) -> AppTest:
    at.get("file_uploader")[0].set_value(("mine.safetensors", blob, "application/octet-stream")).run()
    assert not at.exception
    return at


def test_a_saved_memory_becomes_the_start_of_the_next_run_until_it_is_taken_off(registry):
    at = upload(drawer(recipe=encode(RECIPE)), BLOB)
    (id,) = registry.memories.kept
    np.testing.assert_array_equal(registry.memories.kept[id], MEMORY)
    assert recipe(at)["memory"] == id
    assert recipe(at)["seed"] == 3
    assert "8 slots of 4 words" in at.success[0].value
    at.session_state["drawer"] = "table"
    assert recipe(at.run())["memory"] == id  # in whichever drawer
    at.session_state["drawer"] = "memory"
    at.run()
    at.button(key="memory.off").click().run()
    assert "memory" not in recipe(at)


def test_the_memory_of_a_link_stays_when_the_form_is_unfolded_and_can_be_taken_off(registry):
    at = drawer(recipe=encode({**RECIPE, "memory": "a" * 64}))
    assert recipe(at)["memory"] == "a" * 64
    at.button(key="memory.off").click().run()
    assert "memory" not in recipe(at)


@pytest.mark.parametrize(
    "blob",
    [
        b"",
        b"GIF89a",
        BLOB[:-3],
        store.pack(FORMAT, {}, {"memory": np.full((8, 4), np.nan, np.float32)}),
        store.pack(FORMAT, {}, {"memory": MEMORY.ravel()}),
        store.pack("memviz-trace/1", {}, {"memory": MEMORY}),
    ],
    ids=["empty", "stranger", "cut", "not finite", "flat", "another format"],
)
def test_a_file_that_holds_no_memory_is_a_card_and_changes_nothing(registry, blob):
    at = upload(drawer(recipe=encode(RECIPE)), blob)
    assert "no memory that can be used" in at.warning[0].value
    assert "tmp" not in at.warning[0].value
    assert "memory" not in recipe(at)


def test_before_a_run_there_is_nothing_to_save(registry):
    at = drawer()
    assert "Nothing runs yet" in at.info[0].value


def fake_run(registry, monkeypatch, recipe):
    made = plan(recipe, catalog.models(), catalog.tasks())
    state = TrainState.first(made.setup, TrainConfig())
    run = registry.create(recipe, "somebody")
    monkeypatch.setattr(run, "state_at", lambda update: state, raising=False)
    monkeypatch.setattr(run, "setup", made.setup, raising=False)
    return run, made.setup, state


def test_what_is_saved_can_be_started_from(registry, monkeypatch):
    run, setup, state = fake_run(registry, monkeypatch, RECIPE)
    at = drawer(run=run.id)
    assert at.get("download_button")
    memory, about = memories.read(memories.saved(setup, state), "mine.safetensors")
    assert memory.shape == (8, 4)
    assert (about["model"], about["update"]) == ("ntm", 0)


def test_a_model_without_a_memory_has_none_to_save(registry, monkeypatch):
    run, _, _ = fake_run(registry, monkeypatch, {"model": "lstm", "task": "copy", "preset": "lesson"})
    assert "keeps nothing outside" in drawer(run=run.id).info[0].value


def test_a_memory_file_from_a_stranger_keeps_only_what_is_known_of_it():
    _, about = memories.read(BLOB, "mine.safetensors")
    assert about == {"model": "ntm", "task": "copy"}
    with pytest.raises(MemvizError, match="mine"):
        memories.read(b"x", "mine.safetensors")
