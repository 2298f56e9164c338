"""How right an episode's answers are, phase by phase: the twin of scope/js/answers.js.

An answer whose outputs sum to 1 is one class: right if the likeliest is the target's. Else it is independent bits, and
their share on the right side of 0.5 counts. Steps that are not asked (the mask of dims ("t",) is 0) do not count.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from memviz.contracts.panel import Panel

ONE = 1e-3  # how far the outputs of one class may be from summing to 1


@dataclass(frozen=True)
class Answers:
    """`right` (a sum of shares) of `total` answers in a phase."""

    phase: str
    right: float
    total: int


def answers(panel: Panel, trace: Any) -> list[Answers]:
    """Every phase with an answer that counts, in order."""
    output, target = np.asarray(trace[panel.signal], float), np.asarray(trace[panel.against or ""], float)
    masks = [name for name, signal in trace.signals.items() if (signal.kind, signal.dims) == ("gate", ("t",))]
    asked = np.asarray(trace[masks[0]]) > 0 if masks else np.ones(len(output), bool)
    phases = list(trace.meta.get("phases") or ["answer"] * len(output))
    classes = output.shape[1] > 1 and bool((np.abs(output[asked].sum(-1) - 1) < ONE).all())
    hits = output.argmax(-1) == target.argmax(-1) if classes else ((output >= 0.5) == (target >= 0.5)).mean(-1)
    order = list(dict.fromkeys(phase for phase, counts in zip(phases, asked, strict=False) if counts))
    inside = {phase: [t for t in np.flatnonzero(asked) if phases[t] == phase] for phase in order}
    return [Answers(phase, float(hits[steps].sum()), len(steps)) for phase, steps in inside.items()]
