"""A lesson is read whole or refused by name; its answers come from the trace."""

from __future__ import annotations

import contextlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memviz.contracts.errors import ExpressionError, FileError
from memviz.contracts.lesson import TRACE, Step, check_lesson, judge, read_lesson, step_time
from memviz.contracts.signal import Signal
from memviz.contracts.trace import Trace

TOML = """
title = "How it writes"
model = "any"
task = "copy"
doc = "Watch one slot after another."
seed = 7
views = ["weighting"]

[[steps]]
text = "Watch the bright cell."
t = 1
head = "write.0"
panel = "weighting.write_weighting"

[[steps]]
prompt = "Which slot is written at step 2?"
kind = "slot"
answer = "argmax(write_weighting[t=2, write=0], slot)"
t = "first(phase == 'recall')"
reveal = "It wrote to slot {answer}."

[[steps]]
prompt = "Does it?"
kind = "choice"
options = ["yes", "no"]
answer = "max(write_weighting[t=0, write=0]) > 0.5"
"""
EPISODE = Trace(
    {"write_weighting": Signal("weighting", ("t", "write", "slot"), "")},
    {"write_weighting": np.eye(4)[[0, 2, 3, 1]][:, None, :]},
    meta={"phases": ["store", "store", "recall", "recall"]},
)


def write(folder, toml: str = TOML):
    """A lesson's folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "lesson.toml").write_text(toml)
    (folder / "text.md").write_text("Why it writes.")
    EPISODE.save(folder / TRACE)
    return folder


def test_a_lesson_is_read_with_its_text_and_trace(tmp_path):
    lesson = read_lesson(write(tmp_path / "01_writing"))
    assert (lesson.name, lesson.title, lesson.seed, lesson.views, lesson.preset) == (
        "01_writing",
        "How it writes",
        7,
        ("weighting",),
        "lesson",
    )
    assert lesson.text == "Why it writes."
    assert lesson.trace().steps == 4
    assert [step.kind for step in lesson.steps] == ["number", "slot", "choice"]
    assert [step_time(step, EPISODE) for step in lesson.steps] == [1, 2, None]


def test_an_answer_is_computed_from_the_trace_and_told_in_the_reveal(tmp_path):
    step = read_lesson(write(tmp_path / "a")).steps[1]
    assert judge(step, EPISODE, 3).right
    verdict = judge(step, EPISODE, 2)
    assert (verdict.right, verdict.answer, verdict.reveal) == (False, "3", "It wrote to slot 3.")


@pytest.mark.parametrize(
    ("step", "guess", "right", "answer"),
    [
        (Step(kind="number", answer="1 / 3", tolerance=0.01), 0.33, True, "0.333"),
        (Step(kind="number", answer="1 / 3", tolerance=0.001), 0.3, False, "0.333"),
        (Step(kind="choice", answer="1 < 2", options=("yes", "no")), "yes", True, "yes"),
        (Step(kind="choice", answer="1 > 2", options=("yes", "no")), "yes", False, "no"),
        (Step(kind="choice", answer="phase[t=3]", options=("store", "recall")), "recall", True, "recall"),
        (Step(kind="choice", answer="1 + 1", options=("a", "b", "c")), "c", True, "c"),
    ],
)
def test_guesses_of_every_kind_are_judged(step, guess, right, answer):
    verdict = judge(step, EPISODE, guess)
    assert (verdict.right, verdict.answer) == (right, answer)


@pytest.mark.parametrize(
    "step",
    [
        Step(kind="choice", answer="7", options=("a", "b")),
        Step(kind="choice", answer="0 / 0", options=("a", "b")),
        Step(kind="choice", answer="phase[t=0]", options=("a", "b")),
        Step(kind="slot", answer="phase[t=0]"),
    ],
)
def test_an_answer_that_is_no_option_is_an_error(step):
    with pytest.raises(ExpressionError, match="want"):
        judge(step, EPISODE, 1)


@pytest.mark.parametrize("t", ["9", "-1", "0.5", "phase[t=0]", "0 / 0"])
def test_a_step_shows_a_moment_of_the_trace(t):
    with pytest.raises(ExpressionError, match=r"want a step 0\.\.3"):
        step_time(Step(t=t), EPISODE)


def test_a_number_that_is_not_one_is_never_right():
    assert not judge(Step(answer="0 / 0", tolerance=9), EPISODE, 1).right
    assert judge(Step(answer="1 / 0", tolerance=9), EPISODE, 1).answer == "inf"


def test_every_expression_of_a_lesson_is_typed(tmp_path):
    lesson = read_lesson(write(tmp_path / "a"))
    check_lesson(lesson, EPISODE.signals)
    with pytest.raises(FileError, match=r"a/lesson\.toml: steps 2\.answer: expression, column 8: .*write_weighting"):
        check_lesson(lesson, {"read_weighting": EPISODE.signals["write_weighting"]})
    whole = read_lesson(write(tmp_path / "b", TOML.replace("[t=2, write=0]", "")))
    with pytest.raises(FileError, match="one for each t, write"):
        check_lesson(whole, EPISODE.signals)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('title = "How it writes"\n', "", "title unknown or missing"),
        ("seed = 7", "sead = 7", "sead unknown"),
        ("seed = 7", 'seed = "7"', r"lesson\.seed: want int, got '7'"),
        ("seed = 7", "seed = true", r"lesson\.seed"),
        ('views = ["weighting"]', 'views = "weighting"', "views: want a list"),
        ('views = ["weighting"]', "views = [1]", "want strings"),
        ('kind = "slot"', 'kind = "guess"', "steps 2: want kind"),
        ('options = ["yes", "no"]', "options = []", "two options or more"),
        ('options = ["yes", "no"]', 'options = "yes"', "options: want a list"),
        ('answer = "max(write_weighting[t=0, write=0]) > 0.5"', "", "steps 3: want prompt and answer together"),
        ('text = "Watch the bright cell."', "", "steps 1: want text or a prompt"),
        ('head = "write.0"', 'head = "write"', 'want "read.0" or "write.0"'),
        ("t = 1", "t = 1.5", r"steps 1\.t: want str"),
        ("t = 1", "t = true", r"steps 1\.t"),
        ("t = 1", "u = 1", "u unknown"),
        ('"weighting.write', '"memory.write', "steps 1.panel: want one of weighting"),
        ("[[steps]]", "[steps]", "lesson.toml"),
        ("title", "title title", "lesson.toml"),
        (TOML[TOML.index("[[") :], "", r"at least one \[\[steps\]\]"),
        (TOML[TOML.index("[[") :], "steps = [1]", "want .* tables"),
    ],
)
def test_a_lesson_that_says_something_else_is_refused(tmp_path, old, new, message):
    with pytest.raises(FileError, match=message):
        read_lesson(write(tmp_path / "a", TOML.replace(old, new, 1)))


@pytest.mark.parametrize("name", ["lesson.toml", "text.md"])
def test_a_missing_or_endless_file_is_named(tmp_path, name):
    folder = write(tmp_path / "a")
    (folder / name).write_bytes(b" " * (1 << 21))
    with pytest.raises(FileError, match=name):
        read_lesson(folder)
    (folder / name).unlink()
    with pytest.raises(FileError, match=name):
        read_lesson(folder)
    (folder / name).write_bytes(b"\xff")
    with pytest.raises(FileError, match="utf-8"):
        read_lesson(folder)


@settings(max_examples=150)
@given(
    st.sampled_from(["seed = 7", "t = 1", 'kind = "slot"', 'views = ["weighting"]', "[[steps]]"]),
    st.text(max_size=20)
    | st.builds(
        "{} = {}".format,
        st.sampled_from(["seed", "t", "kind", "answer", "tolerance", "options", "head", "views", "folder", "steps"]),
        st.sampled_from(["1", "-1", "nan", "true", '""', "[]", "[[]]", "{}", "1979-05-27", '"a"', "{a = 1}"]),
    ),
)
def test_any_line_gives_a_lesson_or_a_file_error(tmp_path_factory, old, new):
    folder = write(tmp_path_factory.getbasetemp() / "any", TOML.replace(old, new, 1))
    with contextlib.suppress(FileError):
        assert read_lesson(folder).steps
