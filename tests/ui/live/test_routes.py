"""Frames over HTTP: what they are, how they are labelled, and what comes when there is none."""

from __future__ import annotations

import urllib.error
import urllib.request

import pytest

from memviz.contracts import places
from memviz.render.scope.encode import unpack
from memviz.ui import desk as desks
from memviz.ui.live import routes
from tests.render import synthetic

TRACE = synthetic.ntm_trace(words=3, slots=8)


def get(server, path, **headers):
    """Status, headers and body of a GET."""
    request = urllib.request.Request(f"http://{server.address}{path}", headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers, error.read()


@pytest.fixture
def recorded(tmp_path, monkeypatch):
    """A recorded episode for the model ntm."""
    (tmp_path / "recorded").mkdir()
    TRACE.save(tmp_path / "recorded" / "ntm-copy.safetensors")
    monkeypatch.setattr(places, "asset", lambda name: tmp_path / name)
    for kept in (desks.recorded, desks.recorded_trace):
        kept.cache_clear()
    yield
    for kept in (desks.recorded, desks.recorded_trace):
        kept.cache_clear()


def test_the_recorded_episode_is_one_frame_that_nobody_compresses(server, recorded):
    status, headers, body = get(server, "/memviz/recorded/ntm", **{"Accept-Encoding": "gzip"})
    header, arrays = unpack(body)
    assert status == 200
    assert headers["Content-Encoding"] == "identity"
    assert headers["Content-Type"] == "application/vnd.memviz.frame"
    assert (header["type"], header["source"]) == ("trace", "recorded")
    assert {panel["group"] for panel in header["panels"]} >= {"episode", "weighting", "memory"}
    assert arrays["memory"].shape == TRACE["memory"].shape


@pytest.mark.parametrize(
    "path", ["recorded/nothing", "recorded/..%2f..", "trace/nobody/4", "opened/guess", "lesson/x/1"]
)
def test_what_is_not_there_is_a_404_with_an_error_frame(server, recorded, path):
    status, headers, body = get(server, f"/memviz/{path}")
    assert status == 404
    assert headers["Cache-Control"] == "no-store" or not body.startswith(b"{")
    if headers["Content-Type"] == "application/vnd.memviz.frame":
        assert unpack(body)[0]["type"] == "error"


def test_a_recorded_update_of_a_run_has_an_address(server):
    run = server.registry.create({"model": "ntm", "task": "copy"}, "")
    run.publish(64)
    header, _ = unpack(get(server, f"/memviz/trace/{run.id}/64")[2])
    assert (header["update"], header["source"]) == (64, "probe")
    assert get(server, f"/memviz/trace/{run.id}/65")[0] == 404


def test_an_opened_file_is_found_by_its_token_until_newer_ones_push_it_out(server):
    first = server.desk.look(TRACE)
    assert unpack(get(server, f"/memviz/opened/{first}")[2])[0]["source"] == "recorded"
    for _ in range(desks.FILES):
        server.desk.look(TRACE)
    assert get(server, f"/memviz/opened/{first}")[0] == 404


def test_a_sequence_of_a_chosen_seed_and_length_has_an_address(server, monkeypatch):
    asked = []
    monkeypatch.setattr(routes, "episode", lambda *words: asked.append(words) or TRACE)
    assert unpack(get(server, "/memviz/episode/ntm/7/3")[2])[0]["source"] == "recorded"
    assert asked == [("ntm", 7, 3)]
    assert get(server, "/memviz/episode/ntm/seven/3")[0] == 404


def test_the_drawing_library_comes_from_this_server(server):
    status, headers, body = get(server, "/memviz/plotly.js")
    assert (status, headers["Content-Encoding"]) == (200, "identity")
    assert headers["Content-Type"].startswith("text/javascript")
    assert len(body) > 1_000_000
