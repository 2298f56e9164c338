"""A lesson is a folder of data: lesson.toml says what to show and ask, text.md why, trace.safetensors is the episode.

title = "How an NTM copies"            model = "ntm"         task = "copy"        preset = "lesson"
doc = "One sentence for the list."     seed = 7              views = ["episode", "weighting"]
                                       # views: what the scope shows; left out, everything

[[steps]]                              # shown in order; every key but text or prompt may be left out
text = "Watch the bright cell move."   # Markdown, read before the question
prompt = "Where will it write next?"   # a question; without one the step only tells and shows
kind = "slot"                          # slot | number | choice
answer = "argmax(write_weighting[t=4, write=0], slot)"   # an expression over the trace, see expression.py
options = ["yes", "no"]                # choice only; the answer is an option's text, its number from 0, or a truth:
                                       # true is the first option
tolerance = 0.1                        # number only: how far off still counts
t = "first(phase == 'recall')"         # where the scope goes: a whole number or an expression
head = "write.0"                       # which head it takes
panel = "weighting.write_weighting"    # which panel it points at
reveal = "It wrote to slot {answer}."  # shown after the guess
look = 4                               # where the scope goes with the reveal, like t; without it, it stays
"""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Mapping
from dataclasses import MISSING, dataclass, fields
from pathlib import Path
from typing import Any

from memviz.contracts.errors import ExpressionError, FileError, TraceError
from memviz.contracts.evaluate import check, evaluate
from memviz.contracts.events import check_head
from memviz.contracts.signal import Signal
from memviz.contracts.trace import Trace

KINDS = ("slot", "number", "choice")
TRACE = "trace.safetensors"
LARGEST = 1 << 20  # bytes of lesson.toml or text.md


@dataclass(frozen=True)
class Step:
    """One thing to read and, with a prompt, one to predict before it is revealed."""

    text: str = ""
    prompt: str = ""
    kind: str = "number"
    answer: str = ""
    options: tuple[str, ...] = ()
    tolerance: float = 0.0
    t: str = ""  # an expression; empty: the scope stays where it is
    head: str = ""
    panel: str = ""
    reveal: str = ""
    look: str = ""  # an expression, like t; empty: the scope stays where t took it


@dataclass(frozen=True)
class Lesson:
    """A lesson as written; it holds no code. `folder` is where its trace lies."""

    name: str
    title: str
    model: str
    task: str
    text: str
    steps: tuple[Step, ...]
    folder: Path
    doc: str = ""
    preset: str = "lesson"
    seed: int = 0
    views: tuple[str, ...] = ()

    def trace(self) -> Trace:
        """The recorded episode. Raises FileError when there is none."""
        return Trace.load(self.folder / TRACE)


@dataclass(frozen=True)
class Verdict:
    """What became of a guess: `answer` as a person reads it, and the reveal with the answer in it."""

    right: bool
    answer: str
    reveal: str


def read_lesson(folder: Path) -> Lesson:
    """The lesson of a folder. Raises FileError that names the file and what is wrong with it."""
    where = f"{folder.name}/lesson.toml"
    try:
        values = tomllib.loads(_text(folder / "lesson.toml"))
        steps = _list("steps", values.pop("steps", []))
        if not steps:
            raise ValueError("want at least one [[steps]], got none")
        made = tuple(_record(Step, f"steps {i + 1}", _tidy(step)) for i, step in enumerate(steps))
        values["views"] = _list("views", values.get("views", []))
        given = {"name": folder.name, "text": _text(folder / "text.md"), "steps": made, "folder": folder}
        lesson: Lesson = _record(Lesson, "lesson", values | given)
        for i, step in enumerate(made):
            _check_step(f"steps {i + 1}", step, lesson.views)
        return lesson
    except (ValueError, TypeError, TraceError, RecursionError) as error:
        raise FileError(f"{where}: {error} (see the head of contracts/lesson.py)") from error


def check_lesson(lesson: Lesson, signals: Mapping[str, Signal]) -> None:
    """Raise FileError unless every answer and every t fits a trace with these signals."""
    for i, step in enumerate(lesson.steps):
        for name, text in (("answer", step.answer), ("t", step.t), ("look", step.look)):
            try:
                typed = check(text, signals) if text else None
                if typed and typed.dims:
                    raise ExpressionError(f"want one value, got one for each {', '.join(typed.dims)} (reduce it)")
            except ExpressionError as error:
                raise FileError(f"{lesson.name}/lesson.toml: steps {i + 1}.{name}: {error}") from error


def step_time(step: Step, trace: Trace, revealed: bool = False) -> int | None:
    """The step of the episode to show, before or after the reveal; None to stay. Raises ExpressionError."""
    text = (revealed and step.look) or step.t
    if not text:
        return None
    value = evaluate(text, trace)
    if isinstance(value, str) or value not in range(trace.steps):
        raise ExpressionError(f"want a step 0..{trace.steps - 1} to show, got {value} from {text!r:.80} (correct it)")
    return int(value)


def judge(step: Step, trace: Trace, guess: str | float) -> Verdict:
    """Compare a guess - a slot, a number, an option's text - with the answer computed from the trace."""
    value = evaluate(step.answer, trace)
    if step.kind == "choice":
        answer = _option(step, value)
        right = guess == answer
    else:
        if isinstance(value, str) or isinstance(guess, str):
            raise ExpressionError(f"want a number, got {value!r:.40} and the guess {guess!r:.40} (use kind = choice)")
        answer = f"{value:g}" if float(value).is_integer() else f"{value:.3g}"
        right = abs(value - guess) <= step.tolerance
    return Verdict(right, answer, step.reveal.replace("{answer}", answer))


def _option(step: Step, value: float | bool | str) -> str:
    if isinstance(value, bool):
        value = 0.0 if value else 1.0
    index = step.options.index(value) if value in step.options else value
    if isinstance(index, str) or index not in range(len(step.options)):
        raise ExpressionError(f"want one of {', '.join(step.options)}, got {value!r:.40} from {step.answer!r:.80}")
    return step.options[int(index)]


def _check_step(where: str, step: Step, views: Collection[str]) -> None:
    if bool(step.prompt) != bool(step.answer):
        raise ValueError(f"{where}: want prompt and answer together, got one of them")
    if step.kind not in KINDS or (step.kind == "choice") != (len(step.options) > 1):
        raise ValueError(f"{where}: want kind slot, number, or choice with two options or more, got {step.kind!r:.40}")
    if step.head:
        check_head(where, step.head)
    if step.panel and views and step.panel.partition(".")[0] not in views:
        raise ValueError(f"{where}.panel: want one of {', '.join(views)} (the lesson's views), got {step.panel!r:.60}")
    if not step.text and not step.prompt:
        raise ValueError(f"{where}: want text or a prompt, got neither")


def _tidy(step: Any) -> dict[str, Any]:
    if not isinstance(step, dict):
        raise ValueError("want [[steps]] to be tables")
    tidy = step | {"options": _list("options", step.get("options", [])), "tolerance": float(step.get("tolerance", 0))}
    return tidy | {name: str(step[name]) for name in ("t", "look") if type(step.get(name)) is int}


def _list(name: str, values: Any) -> tuple[Any, ...]:
    if not isinstance(values, list):
        raise ValueError(f"{name}: want a list, got {values!r:.60}")
    return tuple(values)


def _record(kind: type[Any], where: str, values: Mapping[str, Any]) -> Any:
    """A dataclass from TOML values: known names only, each of the type its field says."""
    known = {f.name: f for f in fields(kind)}
    needed = {name for name, f in known.items() if f.default is MISSING}
    if odd := (values.keys() - known.keys()) | (needed - values.keys()):
        raise ValueError(f"{where}: want {', '.join(known)}, got {', '.join(sorted(odd))} unknown or missing")
    for name, value in values.items():
        plain = str(known[name].type).partition("[")[0]
        if type(value).__name__ != plain and not (plain == "Path" and isinstance(value, Path)):
            raise ValueError(f"{where}.{name}: want {known[name].type}, got {value!r:.60}")
        if isinstance(value, tuple) and not all(isinstance(item, str | Step) for item in value):
            raise ValueError(f"{where}.{name}: want strings, got {value!r:.60}")
    return kind(**values)


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > LARGEST:
            raise ValueError(f"{path.name}: want at most {LARGEST} bytes")
        return path.read_text("utf-8")
    except OSError as error:
        raise ValueError(f"{path.name}: want a file, got {error.strerror}") from error
