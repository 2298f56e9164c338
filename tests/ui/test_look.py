"""Files that people bring: shown when they are what they say, refused in words when not."""

from __future__ import annotations

import io
import json

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from memviz import catalog
from memviz.contracts import store
from memviz.contracts.errors import MemvizError
from memviz.training.checkpoint import FORMAT, checkpoint
from memviz.training.config import TrainConfig
from memviz.training.recipe import plan
from memviz.training.state import TrainState
from memviz.ui.desk import FILES, desk
from memviz.ui.look import LIMITS, read
from memviz.ui.server import PAGE
from tests.render import synthetic

TRACE = synthetic.ntm_trace(words=3, slots=8)


def npz(**arrays) -> bytes:
    file = io.BytesIO()
    np.savez(file, **arrays)
    return file.getvalue()


def test_a_trace_comes_back():
    assert read(TRACE.to_bytes(), "mine.safetensors")["memory"].shape == TRACE["memory"].shape


def test_arrays_are_guessed():
    found = read(npz(write_weighting=np.eye(6)[:, None, :], memory=np.zeros((6, 6, 3))), "mine.npz")
    assert set(found.signals) == {"write_weighting", "memory"}
    assert found.meta["title"] == "mine.npz"


def test_a_checkpoint_shows_its_probe_episode():
    made = plan(
        {"model": "ntm", "task": "copy", "knobs": {"model": {"N": 8, "W": 4, "hidden": 8}}},
        catalog.models(),
        catalog.tasks(),
    )
    file = checkpoint(made.setup, TrainState.first(made.setup, TrainConfig()))
    trace = read(store.pack(FORMAT, dict(file.header), file.arrays), "mine.safetensors")
    assert trace.size("slot") == 8
    assert trace.meta["update"] == 0


def test_names_in_a_file_start_no_program(monkeypatch):
    made = plan({"model": "ntm", "task": "copy"}, catalog.models(), catalog.tasks())
    file = checkpoint(made.setup, TrainState.first(made.setup, TrainConfig()))
    monkeypatch.setattr("memviz.training.warm.ensure_warm", lambda *names: pytest.fail(f"started for {names}"))
    for odd in ({"model": "json.tool"}, {"task": "wsgiref.simple_server"}):
        with pytest.raises(MemvizError, match="want one of"):
            read(store.pack(FORMAT, {**file.header, **odd}, file.arrays), "odd.safetensors")


def test_a_checkpoint_whose_work_arrays_are_too_large_is_refused(monkeypatch):
    made = plan({"model": "ntm", "task": "copy"}, catalog.models(), catalog.tasks())
    file = checkpoint(made.setup, TrainState.first(made.setup, TrainConfig()))
    monkeypatch.setenv("MEMVIZ_RUN_MEMORY", "0.001")
    with pytest.raises(MemvizError, match="memory: want at most"):
        read(store.pack(FORMAT, dict(file.header), file.arrays), "large.safetensors")


@pytest.mark.parametrize(
    "blob", [b"", b"PK\x03\x04broken", b"GIF89a", TRACE.to_bytes()[:-9], npz(x=np.array(["text"]))], ids=range(5)
)
def test_anything_else_is_refused_in_words(blob):
    with pytest.raises(MemvizError, match="want"):
        read(blob, "odd")


def upload(at: AppTest, name: str, blob: bytes) -> AppTest:
    at.get("file_uploader")[0].set_value((name, blob, "application/octet-stream")).run()
    assert not at.exception
    return at


def page() -> AppTest:
    at = AppTest.from_file(PAGE, default_timeout=60)
    at.session_state["unfolded"] = True
    at.session_state["drawer"] = "look"
    at.run()
    assert not at.exception
    return at


def test_an_uploaded_trace_is_what_the_scope_shows():
    at = upload(page(), "mine.safetensors", TRACE.to_bytes())
    assert "/memviz/opened/" in at.get("bidi_component")[0].proto.json


def test_a_bad_upload_says_so_and_changes_nothing():
    at = page()
    before = at.get("bidi_component")[0].proto.json
    at = upload(at, "odd.safetensors", b"not a file of ours")
    assert "odd.safetensors cannot be shown" in at.warning[0].value
    assert at.get("bidi_component")[0].proto.json == before


@pytest.fixture
def opened_with(monkeypatch):
    """Start the app on a file, as `memviz open` does."""

    def opened(path):
        monkeypatch.setattr(desk(), "opened", path)
        monkeypatch.setattr(desk(), "opened_token", None)

    return opened


def shown(at: AppTest) -> dict:
    return json.loads(at.get("bidi_component")[0].proto.json)["source"]


def test_the_file_of_memviz_open_is_shown_again_after_it_was_dropped(tmp_path, opened_with):
    path = tmp_path / "mine.safetensors"
    TRACE.save(path)
    opened_with(path)
    at = AppTest.from_file(PAGE, default_timeout=60).run()
    first = shown(at)["recorded"]
    assert shown(at.run())["recorded"] == first
    for _ in range(FILES):
        desk().look(TRACE)
    assert shown(at.run())["recorded"] != first
    assert not at.exception


def odd(tmp_path, sort):
    path = tmp_path / "odd.safetensors"
    if sort == "huge":
        with path.open("wb") as file:
            file.truncate(LIMITS.file_bytes + 1)
    elif sort == "of a stranger":
        made = plan({"model": "ntm", "task": "copy"}, catalog.models(), catalog.tasks())
        file = checkpoint(made.setup, TrainState.first(made.setup, TrainConfig()))
        path.write_bytes(store.pack(FORMAT, {**file.header, "model": "nobody"}, file.arrays))
    return path


@pytest.mark.parametrize("sort", ["huge", "of a stranger", "gone"])
def test_a_file_that_memviz_open_cannot_show_is_a_card_and_the_lab_works(tmp_path, opened_with, sort):
    opened_with(odd(tmp_path, sort))
    at = AppTest.from_file(PAGE, default_timeout=60).run()
    assert not at.exception
    assert "The file cannot be opened" in at.warning[0].value
    assert "Wanted:" in at.warning[0].value
    assert shown(at)["recorded"].startswith("/memviz/recorded/")


def test_an_upload_that_was_dropped_meanwhile_is_a_card_in_any_drawer():
    at = upload(page(), "mine.safetensors", TRACE.to_bytes())
    for _ in range(FILES):
        desk().look(TRACE)
    at.session_state["drawer"] = "table"
    at.run()
    assert not at.exception
    assert "no longer kept" in at.warning[0].value
    assert "/memviz/recorded/" in shown(at)["recorded"]
