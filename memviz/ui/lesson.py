"""A lesson on the page: read, predict, then see; the answers are computed from the lesson's own trace."""

from __future__ import annotations

from typing import Any

import streamlit as st

from memviz.contracts.lesson import Lesson, Step, Verdict, judge, step_time
from memviz.contracts.trace import Trace
from memviz.ui import component
from memviz.ui.veil import seen

Guess = str | float


def tell(lesson: Lesson, trace: Trace) -> None:
    """Text and question at the left, the scope at the right, both at the same step of the lesson."""
    index = min(st.session_state.setdefault(f"{lesson.name}.step", 0), len(lesson.steps) - 1)
    step = lesson.steps[index]
    words, picture = st.columns([4, 9], gap="medium")
    with words.container(key=f"words-{index}"):
        _head(lesson, index)
        st.markdown(step.text)
        verdict = _question(lesson, index, trace) if step.prompt else None
        _walk(lesson, index, ready=not step.prompt or verdict is not None)
        if index == len(lesson.steps) - 1:
            _end(lesson, trace)
    with picture:
        component.scope(f"lesson.{lesson.name}", _options(lesson, index, trace, verdict))


def _options(lesson: Lesson, index: int, trace: Trace, verdict: Verdict | None) -> dict[str, Any]:
    """The scope's data: after the reveal it goes where the answer can be seen, with the answer's slot pinned."""
    step = lesson.steps[index]
    t = step_time(step, trace, revealed=verdict is not None)
    place: dict[str, Any] = {"slot": None, "playing": False}
    place |= {} if t is None else {"t": t}
    place |= {"head": step.head} if step.head else {}
    place |= {"panel": step.panel} if step.panel else {}
    if verdict is not None and step.kind == "slot":
        place["slot"] = int(float(verdict.answer))
    revealed = [i for i in range(len(lesson.steps)) if f"{lesson.name}.{i}.guess" in st.session_state]
    last = seen(lesson, index, revealed, trace)
    return {
        "source": {"recorded": f"/memviz/lesson/{lesson.name}/{last}"},
        "unfolded": True,
        "plain": True,
        "veiled": last < trace.steps - 1,
        "autoplay": False,
        "hash": False,
        "place": place,
    }


def _head(lesson: Lesson, index: int) -> None:
    st.caption(f"Lesson · step {index + 1} of {len(lesson.steps)}")
    if index == 0:
        st.header(lesson.title, anchor=False)
        st.markdown(lesson.text)
    st.progress((index + 1) / len(lesson.steps))


def _question(lesson: Lesson, index: int, trace: Trace) -> Verdict | None:
    """Ask; once there is a guess, show it beside the answer. The guess cannot be changed afterwards."""
    step, key = lesson.steps[index], f"{lesson.name}.{index}"
    given = st.session_state.get(f"{key}.guess")
    with st.container(border=True, key=f"question-{index}"):
        st.markdown(f"**Predict.** {step.prompt}")
        if given is None:
            given = _ask(step, trace, key)
        if given is None:
            return None
        verdict = judge(step, trace, given)
        said = given if isinstance(given, str) else f"{given:g}"
        mark = ":green[:material/check_circle:]" if verdict.right else ":orange[:material/explore:]"
        st.markdown(f"{mark} You said: **{said}**. The trace says: **{verdict.answer}**.")
        st.markdown(verdict.reveal)
    return verdict


def _ask(step: Step, trace: Trace, key: str) -> Guess | None:
    """The input that suits the question; None until the learner commits."""
    with st.form(f"{key}.form", border=False):
        guess: Guess | None
        if step.kind == "choice":
            guess = st.radio("Your guess", step.options, index=None, key=f"{key}.input", label_visibility="collapsed")
        elif step.kind == "slot":
            most = trace.size("slot") - 1
            guess = st.number_input(f"Slot, 0 to {most}", 0, most, value=None, step=1, key=f"{key}.input")
        else:
            guess = st.number_input("Your guess", value=None, key=f"{key}.input", label_visibility="collapsed")
        committed = st.form_submit_button("Commit and reveal", type="primary")
    if committed and guess is None:
        st.caption("Guess first: a wrong guess teaches more than a look.")
    if not committed or guess is None:
        return None
    st.session_state[f"{key}.guess"] = guess
    st.rerun()


def _walk(lesson: Lesson, index: int, ready: bool) -> None:
    back, forth = st.columns(2)
    move = lambda by: st.session_state.update({f"{lesson.name}.step": index + by})  # noqa: E731
    back.button("Back", on_click=move, args=(-1,), disabled=index == 0, width="stretch")
    last = index == len(lesson.steps) - 1
    label, kind = ("Next", "primary") if ready else ("Skip", "secondary")
    forth.button(label, on_click=move, args=(1,), disabled=last, type=kind, width="stretch")


def _end(lesson: Lesson, trace: Trace) -> None:
    """How many predictions were right, once every question has one."""
    asked = [i for i, step in enumerate(lesson.steps) if step.prompt]
    guesses = {i: st.session_state.get(f"{lesson.name}.{i}.guess") for i in asked}
    if all(guess is not None for guess in guesses.values()):
        right = sum(judge(lesson.steps[i], trace, guess).right for i, guess in guesses.items())
        st.success(f"You predicted {right} of {len(asked)}. What surprised you is what you have learnt.")
        st.page_link("lab.py", label="Train one yourself in the Lab", icon=":material/arrow_forward:")
