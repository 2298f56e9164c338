"""Frames and states of a pretended run, for the tests of the scope's state in node (state_frames.js)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.render.node import evaluate

FRAMES = (Path(__file__).parent / "state_frames.js").read_text(encoding="utf-8")


def told(code: str, entry: str = "scope") -> Any:
    """The JSON value of a function body that sees the frames above."""
    return evaluate(entry, "(() => {" + FRAMES + code + "})()")
