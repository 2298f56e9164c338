"""Any dataclass of knobs becomes a form."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from memviz.ui.form import step_of


def page() -> None:
    """A page with one form; it runs on its own, so it imports what it needs."""
    from dataclasses import dataclass

    import streamlit as st

    from memviz.contracts.errors import FileError
    from memviz.contracts.knob import choice, knob, text
    from memviz.ui.form import settings

    def door(given: str | bytes) -> str:
        if given != b"sound":
            raise FileError("upload: want a sound file, got another (mend it)")
        return "kept"

    @dataclass(frozen=True)
    class Config:
        few: int = knob(4, 1, 9, "few")
        many: int = knob(100, 1, 10**6, "many")
        rate: float = knob(3e-3, 1e-7, 10.0, "a rate")
        sort: str = choice("plain", ("plain", "fancy"), "a sort")
        on: bool = choice(False, (True, False), "a switch")
        word: str = text("ab", "[ab]+", "a word")
        data: str = text("none", "none|kept", "a file", door)
        hidden: int = 3

    st.session_state["got"] = settings(Config, {"few": 5}, {"rate": 0.5}, "p")


@pytest.fixture
def at() -> AppTest:
    found = AppTest.from_function(page, default_timeout=60).run()
    assert not found.exception
    return found


def test_each_sort_of_knob_has_its_widget(at):
    assert [w.key for w in at.slider] == ["p.few"]
    assert [w.key for w in at.number_input] == ["p.many", "p.rate"]
    assert [w.key for w in at.selectbox] == ["p.sort"]
    assert [w.key for w in at.toggle] == ["p.on"]


def test_only_what_differs_from_the_preset_is_returned(at):
    assert at.session_state["got"] == {"rate": 0.5}
    at.slider[0].set_value(4).run()
    at.toggle[0].set_value(True).run()
    at.selectbox[0].set_value("fancy").run()
    assert at.session_state["got"] == {"few": 4, "rate": 0.5, "on": True, "sort": "fancy"}


def test_a_word_that_does_not_fit_is_said_and_changes_nothing(at):
    at.text_input[0].set_value("bab").run()
    assert at.session_state["got"]["word"] == "bab"
    at.text_input[0].set_value("cab").run()
    assert "word" not in at.session_state["got"]
    assert "want text like [ab]+ (a word), got cab" in at.error[0].value


def test_a_file_goes_through_the_door(at):
    at.file_uploader[0].set_value(("mine.npz", b"sound", "application/zip")).run()
    assert at.session_state["got"]["data"] == "kept"
    at.file_uploader[0].set_value(("other.npz", b"broken", "application/zip")).run()
    assert "data" not in at.session_state["got"]
    assert "want a sound file" in at.error[0].value


def test_types_stay_what_the_knob_declares(at):
    at.number_input[0].set_value(7).run()
    got = at.session_state["got"]
    assert type(got["many"]) is int
    assert type(got["rate"]) is float


@pytest.mark.parametrize(("value", "step"), [(3e-3, 1e-4), (1.0, 0.1), (0.0, 0.1), (-250.0, 10.0)])
def test_a_step_is_a_tenth_of_the_leading_decade(value, step):
    assert step_of(value) == pytest.approx(step)
