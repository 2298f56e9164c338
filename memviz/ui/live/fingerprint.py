"""Whether a rebuilt run is the same run: a recipe carries what it led to, and the rebuilt one is held against that."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from memviz.contracts.errors import MemvizError
from memviz.training.config import LIVE

DIGITS = 16  # of the SHA-256 of the parameters


def recipe_of(run: Any) -> dict[str, Any]:
    """Everything that makes `run` what it is now: its recipe, and what was changed while it trained."""
    status, first = run.status(), run.state_at(0).config
    knobs = {part: dict(values) for part, values in run.recipe.get("knobs", {}).items()}
    knobs["training"] = knobs.get("training", {}) | {name: getattr(first, name) for name in LIVE}
    recipe = {**run.recipe, "seed": status["seed"], "knobs": knobs, "changes": status["changes"]}
    if run.busy or not status["update"]:
        return {name: value for name, value in recipe.items() if name != "expect"}
    solved = status["solved_at"] == status["update"]
    until = {"solved": solved, "updates": status["update"]}  # the rebuilt one stops where this one did
    return recipe | {"until": until, "expect": expectation(run)}


def expectation(run: Any) -> dict[str, Any]:
    """What a run at rest has come to: its last exam, and the parameters of its last record."""
    exam, update = run.status()["exam"], run.records()[-1]
    found = {"update": update, "fingerprint": fingerprint(run, update)}
    return found if exam is None else found | {"bits": exam["bits_per_sequence"], "wrong": wrong(exam)}


def fingerprint(run: Any, update: int) -> str:
    """The first digits of the hash of the parameters at a recorded update."""
    return hashlib.sha256(run.state_at(update).params.tobytes()).hexdigest()[:DIGITS]


def compare(run: Any) -> str:
    """One sentence on whether a run at rest is what its recipe's link promised; "" when there is nothing to say."""
    expected = run.recipe.get("expect")
    if not isinstance(expected, Mapping) or run.busy or run.status()["exam"] is None:
        return ""
    update = expected.get("update")
    try:
        if update in run.records() and fingerprint(run, update) == expected.get("fingerprint"):
            return "The same result as in the link, bit for bit."
    except MemvizError:  # the record was thinned out meanwhile
        pass
    exam = run.status()["exam"]
    figures = f"{wrong(exam):.3g} wrong bits a sequence at update {exam['update']:,}"
    promised = f"{_figure(expected.get('wrong'))} at {_figure(update)}"
    return f"Not the result of the link: {figures}, there {promised}. Another processor rounds differently."


def wrong(exam: Mapping[str, Any]) -> float:
    """Wrong bits per sequence of an exam in a status header: Exam.wrong_per_sequence, of its JSON values."""
    return float(exam["wrong_bits"] / exam["sequences"])


def _figure(value: Any) -> str:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return f"{value:,.3g}" if isinstance(value, float) else f"{value:,}" if number else "none"
