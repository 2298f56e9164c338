"""Where things stand for one browser: the run's own status, and what only the server knows beside it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from memviz.training.config import AT_WORK
from memviz.ui.live.fingerprint import wrong
from memviz.ui.live.hub import Channel
from memviz.ui.live.prepare import Preparation

Status = dict[str, Any]


def standing(channel: Channel | None, controls: bool, preparation: Preparation) -> Status:
    """The status header for a browser that watches `channel`, while the kernels are prepared or when that failed."""
    compiling, failure = preparation.message, preparation.failure
    if channel is None:
        state = "unprepared" if failure else "idle"
        return {"run": None, "state": state, "message": failure or compiling, "controls": True}
    status: Status = {**channel.run.status(), "controls": controls, "viewers": channel.viewers}
    if compiling and status["state"] == "training" and not status["update"]:  # it waits for the same compiler
        status |= {"state": "compiling", "message": compiling}
    if status["state"] not in AT_WORK:
        said = (status["message"], channel.verdict(status["update"]))
        status |= {"metrics": examined(status), "message": " ".join(filter(None, said))}
    return status


def examined(status: Mapping[str, Any]) -> Mapping[str, Any]:
    """The figures of a run at rest: those of its exam, if that was taken of just this state."""
    exam = status.get("exam")
    if exam is None or exam["update"] != status["update"]:
        return status["metrics"]  # type: ignore[no-any-return]
    return {**status["metrics"], "bits_per_sequence": exam["bits_per_sequence"], "wrong_bits": wrong(exam)}
