"""Compare as a script: what either scope is told, what the address says, and that a watched run cannot be commanded."""

from __future__ import annotations

import hashlib
import json

import pytest
from streamlit.testing.v1 import AppTest

from memviz import catalog
from memviz.contracts.errors import MemvizError
from memviz.ui import compare
from memviz.ui import desk as desks
from memviz.ui.episodes import episode, newest
from memviz.ui.server import PAGE
from tests.ui.fakes import FakeRegistry

RECIPE = {"model": "ntm", "task": "copy", "preset": "lesson", "seed": 3}


@pytest.fixture
def runs(monkeypatch):
    """A registry with two runs of other browsers, the second used last."""
    made = FakeRegistry()
    found = [made.create(RECIPE | {"seed": seed}, f"owner{seed}") for seed in (3, 4)]
    monkeypatch.setitem(desks.desk().__dict__, "registry", made)
    monkeypatch.setattr(desks.Desk, "runs", lambda desk: found)
    return found


@pytest.fixture
def nothing_runs(monkeypatch):
    """No run was made by this server."""
    monkeypatch.setattr(desks.Desk, "runs", lambda desk: [])


def page(**query) -> AppTest:
    at = AppTest.from_file(PAGE, default_timeout=60)
    at.run()
    for name, value in query.items():
        at.query_params[name] = value
    at.switch_page("compare.py").run()
    assert not at.exception
    return at


def told(at: AppTest) -> list[dict]:
    """The data of the scopes, from left to right."""
    return [json.loads(c.proto.json) for c in at.get("bidi_component") if c.proto.component_name == "memviz_scope"]


def recorded() -> list[str]:
    """The models with a recorded episode as the fields list them."""
    return [choice for choice in compare.choices() if choice in catalog.models()]


def test_it_opens_with_two_recorded_episodes_on_one_clock(nothing_runs):
    left, right = told(page())
    first, second = recorded()[:2]
    assert left["source"] == {"recorded": f"/memviz/recorded/{first}"}
    assert right["source"] == {"recorded": f"/memviz/recorded/{second}"}
    assert (left["clock"], right["clock"]) == ("compare", "compare")


def test_only_the_first_scope_keeps_the_address_and_plays_by_itself(nothing_runs):
    left, right = told(page())
    assert (left["hash"], left["autoplay"]) == (True, True)
    assert (right["hash"], right["autoplay"]) == (False, False)


def test_without_the_switch_each_has_its_own_clock(nothing_runs):
    at = page()
    at.toggle(key="linked").set_value(False).run()
    assert [data["clock"] for data in told(at)] == [None, None]


def test_the_runs_of_this_server_can_be_chosen_the_one_used_last_first(runs):
    at = page()
    assert at.selectbox(key="left").options[len(recorded()) :] == [
        "Neural Turing Machine: Copy, seed 4 (run run1)",
        "Neural Turing Machine: Copy, seed 3 (run run0)",
    ]
    at.selectbox(key="right").set_value("run0").run()
    _, right = told(at)
    assert right["source"] == {"socket": "/memviz/ws/", "run": "run0"}
    assert at.query_params["right"] == "run0"
    assert "left" not in at.query_params


def test_whoever_compares_commands_no_run(runs):
    owners = {data["owner"] for data in told(page(left="run0", right="run1"))}
    assert owners == {compare.WATCHER}
    assert hashlib.sha256(compare.WATCHER.encode()).hexdigest() not in {run.owner for run in runs}


def test_the_address_names_both_also_a_run_that_is_gone(runs):
    at = page(left="run1", right="no-such-run")
    left, right = told(at)
    assert (left["source"]["run"], right["source"]["run"]) == ("run1", "no-such-run")
    assert at.selectbox(key="right").value == "no-such-run"


@pytest.mark.parametrize("said", ["run1", " run1 ", "http://127.0.0.1:8501/?run=run1#t=3", "?run=run1&x=1"])
def test_an_id_or_a_watch_link_can_be_pasted(said):
    assert compare.plain_id(said) == "run1"


def test_the_first_two_do_the_same_task(nothing_runs):
    tasks = {newest(choice).meta["task"] for choice in recorded()[:2]}
    assert tasks == {"copy"}


def test_a_reseeded_run_is_called_by_its_present_seed(runs):
    runs[0].status = lambda: {"seed": 99}
    assert compare.called("run0") == "Neural Turing Machine: Copy, seed 99 (run run0)"


def test_both_can_do_one_sequence(nothing_runs):
    at = page()
    at.toggle(key="same").set_value(True).run()
    at.number_input(key="drawn.length").set_value(5).run()
    left, right = told(at)
    first, second = recorded()[:2]
    assert left["source"] == {"recorded": f"/memviz/episode/{first}/7/5"}
    assert right["source"] == {"recorded": f"/memviz/episode/{second}/7/5"}


def test_different_tasks_have_no_sequence_in_common(nothing_runs):
    at = page(left="ntm", right="keyvalue", same="true")
    assert at.toggle(key="same").disabled
    assert {data["source"]["recorded"].split("/")[2] for data in told(at)} == {"recorded"}


def test_episodes_of_different_lengths_say_so(runs):
    at = page(left=recorded()[0], right="run1")
    lasts = [newest(recorded()[0]).steps, newest("run1").steps]
    said = [caption.value for caption in at.caption]
    assert lasts[0] != lasts[1]
    assert said == [f"These last {lasts[0]} and {lasts[1]} steps: past its end the shorter holds its last step."]


def test_a_network_that_ships_does_the_sequence_asked_for(monkeypatch):
    monkeypatch.setattr("memviz.training.warm.ensure_warm", lambda *pair: None)  # this process may compile
    trace = episode("ntm", 7, 3)
    assert (trace.steps, trace.meta["probe_seed"]) == (7, 7)
    assert trace.meta["scores"]["wrong_bits"] == 0
    assert not trace.findings
    with pytest.raises(MemvizError, match=r"copy\.sample: want"):
        episode("ntm", 7, 100_000)
