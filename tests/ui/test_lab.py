"""The Lab as a script: what the scope is told, what the form does, what a bad link says."""

from __future__ import annotations

import base64
import json

import pytest
from streamlit.testing.v1 import AppTest

from memviz import catalog
from memviz.contracts import places
from memviz.contracts.knob import knobs
from memviz.training.config import TrainConfig
from memviz.ui import cards, share
from memviz.ui import desk as desks
from memviz.ui.recipe import decode, encode
from memviz.ui.server import PAGE
from tests.ui.fakes import FakeRegistry

RECIPE = {"model": "ntm", "task": "copy", "preset": "paper", "seed": 9, "knobs": {"training": {"rate": 0.01}}}


@pytest.fixture
def registry(monkeypatch):
    """Runs in memory."""
    made = FakeRegistry()
    monkeypatch.setitem(desks.desk().__dict__, "registry", made)
    return made


def lab(unfolded=False, **query) -> AppTest:
    """The page, run once."""
    at = AppTest.from_file(PAGE, default_timeout=60)
    at.session_state["unfolded"] = unfolded
    for name, value in query.items():
        at.query_params[name] = value
    at.run()
    assert not at.exception
    return at


def told(at: AppTest, name: str = "memviz_scope") -> dict:
    """The data of the one component of that name."""
    (found,) = [c for c in at.get("bidi_component") if c.proto.component_name == name]
    return json.loads(found.proto.json)


def pick(at: AppTest, key: str, value: str) -> None:
    """Press a pill or a segment."""
    (group,) = [group for group in at.get("button_group") if group.key.rpartition(".")[2] == key]
    group.set_value(value).run()
    assert not at.exception


def test_folded_the_lab_is_the_scope_and_nothing_else():
    at = lab()
    data = told(at)
    assert data["unfolded"] is False
    assert data["source"] == {
        "recorded": f"/memviz/recorded/{data['recipe']['model']}",
        "socket": "/memviz/ws/",
        "run": "new",
    }
    assert len(at.main.children) == 1 + len(at.sidebar.children)
    assert not at.button
    assert not at.selectbox


def test_a_second_run_tells_the_scope_exactly_the_same():
    at = lab()
    assert told(at.run()) == told(at)


def test_unfolded_every_knob_has_a_widget():
    at = lab(unfolded=True)
    recipe = told(at)["recipe"]
    model, task = catalog.models()[recipe["model"]], catalog.tasks()[recipe["task"]]
    declared = [name for config in (model.config, task.config, TrainConfig) for name in knobs(config)]
    widgets = [*at.slider, *at.number_input, *at.selectbox, *at.toggle]
    keys = {widget.key.rpartition(".")[2] for widget in widgets if widget.key}
    assert set(declared) <= keys
    assert "knobs" not in recipe  # untouched, the preset says it all


def test_what_is_changed_in_the_form_goes_into_the_recipe():
    at = lab(unfolded=True)
    (rate,) = [w for w in at.number_input if w.key.endswith("training.rate")]
    rate.set_value(0.02).run()
    assert told(at)["recipe"]["knobs"] == {"training": {"rate": 0.02}}
    (seed,) = [w for w in at.number_input if w.key.endswith(".seed")]
    seed.set_value(5).run()
    assert told(at)["recipe"]["seed"] == 5


def test_another_preset_starts_from_its_own_values():
    at = lab(unfolded=True)
    (rate,) = [w for w in at.number_input if w.key.endswith("training.rate")]
    rate.set_value(0.02).run()
    pick(at, "preset", "paper")
    assert told(at)["recipe"]["preset"] == "paper"
    assert "knobs" not in told(at)["recipe"]


def test_a_recipe_link_fills_the_form():
    at = lab(unfolded=True, recipe=encode(RECIPE))
    assert told(at)["recipe"] == {**RECIPE, "device": "core"}


def test_a_recipe_link_works_folded_too():
    assert told(lab(recipe=encode(RECIPE)))["recipe"] == RECIPE


@pytest.mark.parametrize("word", ["nonsense!", encode({**RECIPE, "model": "nobody"}), "A" * 9000])
def test_a_bad_recipe_link_says_so_and_the_page_goes_on(word):
    at = lab(recipe=word)
    assert "recipe link cannot be used" in at.warning[0].value
    assert told(at)["recipe"] == desks.first_recipe()


def test_the_address_says_which_run_is_watched(registry):
    run = registry.create(RECIPE, "somebody")
    data = told(lab(run=run.id))
    assert data["source"]["run"] == run.id
    assert data["recipe"] == RECIPE


def test_with_a_run_the_form_offers_to_start_another(registry):
    run = registry.create(RECIPE, "somebody")
    at = lab(unfolded=True, run=run.id)
    before = told(at)["start"]
    at.button(key="train").click().run()
    assert told(at)["start"] == before + 1
    assert not lab(unfolded=True).button(key="fold").label


def test_sharing_gives_a_recipe_that_reads_back():
    at = lab(unfolded=True, recipe=encode(RECIPE))
    pick(at, "drawer", "share")
    (link,) = told(at, "memviz_links")["links"]
    assert decode(link["query"].removeprefix("recipe="))["seed"] == RECIPE["seed"]


def test_a_recipe_too_long_for_a_link_is_a_card_and_the_watch_link_stays(registry, monkeypatch):
    monkeypatch.setattr(
        share, "recipe_of", lambda run: {**RECIPE, "changes": [[u, {"rate": 0.01}] for u in range(500)]}
    )
    run = registry.create(RECIPE, "somebody")
    at = lab(unfolded=True, run=run.id)
    pick(at, "drawer", "share")
    assert "too long for a link" in at.warning[0].value
    assert [link["title"] for link in told(at, "memviz_links")["links"]] == ["Watch"]


def test_a_seed_that_no_browser_can_count_to_is_a_card():
    word = base64.urlsafe_b64encode(json.dumps({**RECIPE, "seed": 2**60}).encode()).decode().rstrip("=")
    at = lab(unfolded=True, recipe=word)
    assert "no browser" in at.warning[0].value


def test_the_qr_code_appears_when_others_can_join(monkeypatch):
    monkeypatch.setenv("MEMVIZ_JOIN", "http://192.0.2.7:8501")
    at = lab(unfolded=True)
    pick(at, "drawer", "share")
    assert told(at, "memviz_links")["join"] == "http://192.0.2.7:8501"
    assert any("<svg" in element.proto.body for element in at.get("html"))


def test_the_table_says_what_was_tested():
    at = lab(unfolded=True)
    pick(at, "drawer", "table")
    (table,) = [element.value for element in at.markdown if element.value.startswith("|")]
    rows = [line.split(" | ") for line in table.splitlines()]
    assert len(rows) == 2 + len(catalog.tasks())
    assert {len(row) for row in rows} == {1 + len(catalog.models())}
    words = ("works", "hard", "untested")
    assert all(any(word in cell for word in words) for row in rows[2:] for cell in row[1:])


def test_a_broken_entry_is_a_card(monkeypatch):
    shelf = catalog.views()
    monkeypatch.setattr(shelf, "names", (*shelf.names, "cracked"))
    at = lab()
    assert "The view cracked is broken" in at.error[0].value
    assert told(at)


@pytest.fixture
def nothing_recorded(tmp_path, monkeypatch):
    """As for a model of somebody's own: no episode of it ships."""
    real = places.asset
    monkeypatch.setattr(places, "asset", lambda name: tmp_path if name == "recorded" else real(name))


def test_a_model_without_a_recorded_episode_asks_for_none_and_says_what_to_do(nothing_recorded):
    data = told(lab(recipe=encode({"model": "lstm", "task": "copy", "preset": "lesson", "seed": 1})))
    assert "recorded" not in data["source"]
    assert "no recorded episode" in data["empty"]["text"]
    assert "Train" in data["empty"]["remedy"]


def test_full_size_figures_of_a_model_without_a_recorded_episode_are_an_empty_state(nothing_recorded):
    at = lab(unfolded=True, recipe=encode({"model": "lstm", "task": "copy", "preset": "lesson", "seed": 1}))
    pick(at, "drawer", "figures")
    assert "No recorded episode ships" in at.info[0].value
    assert not at.get("plotly_chart")


def test_full_size_figures_of_a_run_that_vanished_are_a_card(registry):
    at = lab(unfolded=True, run="vanished")
    pick(at, "drawer", "figures")
    assert "no figure of this run" in at.warning[0].value
    assert "Got:" in at.warning[0].value


def test_an_error_on_a_card_has_its_parts_and_no_markdown_of_its_own():
    said = cards.told("Config.bits: want 1..16 (bits per word), got *99* (choose (another) one)")
    assert said.split("  \n") == [
        "Wanted: 1..16 (bits per word)",
        "Got: \\*99\\*",
        "**Choose (another) one.**",
        ":small[Where: Config.bits]",
    ]
    assert cards.told("simply broken") == "simply broken"
