"""Learn as a script: predict first, then see; nothing of an answer is on the page before."""

from __future__ import annotations

import json

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from memviz import catalog
from memviz.contracts.lesson import Lesson, read_lesson, step_time
from memviz.contracts.trace import Trace
from memviz.render.scope.encode import unpack
from memviz.ui import desk as desks
from memviz.ui.server import PAGE
from memviz.ui.veil import seen, veiled
from tests.render import synthetic

TRACE = synthetic.ntm_trace(words=5, slots=12)
TOML = """
title = "A made-up lesson"
model = "ntm"
task = "copy"

[[steps]]
text = "Look at the first write."
t = 0
head = "write.0"
panel = "weighting.write_weighting"

[[steps]]
prompt = "Which slot comes next?"
kind = "slot"
answer = "argmax(write_weighting[t=1, write=0], slot)"
t = 0
look = 1
reveal = "Slot {answer}, right below."

[[steps]]
prompt = "Search or move?"
kind = "choice"
options = ["search", "move"]
answer = "write_gate[t=3, write=0] < 0.5"
t = 3
reveal = "{answer}: the gate is shut."

[[steps]]
prompt = "How much weight lies on the strongest slot?"
kind = "number"
tolerance = 0.1
answer = "max(read_weighting[t=8, read=0], slot)"
t = 8
reveal = "{answer} of it."
"""


@pytest.fixture
def lesson(tmp_path, monkeypatch) -> Lesson:
    """A lesson of the test's own, the only one on the shelf."""
    folder = tmp_path / "01_made_up"
    folder.mkdir()
    (folder / "lesson.toml").write_text(TOML)
    (folder / "text.md").write_text("Why we look.")
    TRACE.save(folder / "trace.safetensors")
    shelf = catalog.lessons_in(tmp_path)
    monkeypatch.setattr(catalog, "lessons", lambda: shelf)
    desks.lesson_frame.cache_clear()
    return read_lesson(folder)


def learn(lesson: Lesson, step: int = 0) -> AppTest:
    at = AppTest.from_file(PAGE, default_timeout=60)
    at.session_state[f"{lesson.name}.step"] = step
    at.run()
    at.switch_page("learn.py").run()
    assert not at.exception
    return at


def told(at: AppTest) -> dict:
    (scope,) = at.get("bidi_component")
    return json.loads(scope.proto.json)


def words(at: AppTest) -> str:
    return "\n".join(element.value for element in at.markdown)


def commit(at: AppTest) -> AppTest:
    (button,) = [button for button in at.button if button.label == "Commit and reveal"]
    return button.click().run()


def test_a_step_takes_the_scope_to_its_place(lesson):
    data = told(learn(lesson))
    assert data["place"] == {
        "t": 0,
        "head": "write.0",
        "panel": "weighting.write_weighting",
        "slot": None,
        "playing": False,
    }
    assert data["source"] == {"recorded": f"/memviz/lesson/{lesson.name}/0"}


def test_next_and_back_walk_through_the_lesson(lesson):
    at = learn(lesson)
    assert "Why we look." in words(at)
    (forth,) = [b for b in at.button if b.label == "Next"]
    at = forth.click().run()
    assert "Which slot comes next?" in words(at)
    assert [b.label for b in at.button if b.label in ("Next", "Skip")] == ["Skip"]
    (back,) = [b for b in at.button if b.label == "Back"]
    assert "Why we look." in words(back.click().run())


@pytest.mark.parametrize(("guess", "mark"), [(1, "check_circle"), (7, "explore")])
def test_a_slot_is_guessed_then_revealed_and_pinned(lesson, guess, mark):
    at = learn(lesson, 1)
    assert "right below" not in words(at)
    (slot,) = at.number_input
    slot.set_value(guess)
    at = commit(at)
    assert mark in words(at)
    assert f"You said: **{guess}**. The trace says: **1**." in words(at)
    assert "Slot 1, right below." in words(at)
    assert told(at)["place"]["slot"] == 1
    assert told(at)["place"]["t"] == 1
    assert told(at)["source"]["recorded"].endswith("/1")  # the next step of the episode is there now
    assert not at.number_input  # a guess is a guess


def test_nothing_is_revealed_without_a_guess(lesson):
    at = commit(learn(lesson, 1))
    assert "right below" not in words(at)
    assert any("Guess first" in caption.value for caption in at.caption)


def test_a_choice_is_judged_by_the_trace(lesson):
    at = learn(lesson, 2)
    at.radio[0].set_value("search")
    assert "The trace says: **search**." in words(commit(at))  # the gate is shut, and `true` is the first option


def test_the_end_counts_what_was_right(lesson):
    at = learn(lesson, 3)
    at.session_state[f"{lesson.name}.1.guess"] = 1
    at.session_state[f"{lesson.name}.2.guess"] = "search"
    at.number_input[0].set_value(0.9)
    at = commit(at)
    assert "of 3" in at.success[0].value


def test_what_lies_ahead_is_blank_but_the_task_is_not():
    blank = veiled(TRACE, 2)
    assert not blank["write_weighting"][3:].any()
    assert np.isnan(blank["write_gate"][3:]).all()
    assert (blank["memory"][3:] == TRACE["memory"][2]).all()
    assert (blank["input"] == TRACE["input"]).all()
    for name in TRACE.signals:
        assert np.array_equal(blank[name][:3], TRACE[name][:3])
    assert all(event.t <= 2 for event in blank.events)
    assert blank.findings == TRACE.findings


def test_the_veil_lifts_with_every_step_and_every_reveal(lesson):
    assert [seen(lesson, i, [], TRACE) for i in range(4)] == [0, 0, 3, 8]
    assert seen(lesson, 1, [1], TRACE) == 1


def test_the_frame_of_a_lesson_keeps_the_scales_of_the_whole_episode(lesson):
    early, late = (unpack(desks.lesson_frame(lesson.name, last))[0] for last in (0, TRACE.steps - 1))
    assert early["limits"] == late["limits"]


def test_no_lesson_is_said_kindly(monkeypatch, tmp_path):
    shelf = catalog.lessons_in(tmp_path)
    monkeypatch.setattr(catalog, "lessons", lambda: shelf)
    at = AppTest.from_file(PAGE, default_timeout=60)
    at.run()
    at.switch_page("learn.py").run()
    assert not at.exception
    assert "No lesson" in at.info[0].value


@pytest.mark.parametrize("name", catalog.lessons().names)
def test_the_shipped_lessons_ask_at_least_three_questions_that_the_veil_hides(name):
    lesson = catalog.lessons()[name]
    trace: Trace = lesson.trace()
    asked = [step for step in lesson.steps if step.prompt]
    assert len(asked) >= 3
    for step in lesson.steps:
        step_time(step, trace)
