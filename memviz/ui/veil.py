"""A learner sees an episode only as far as the lesson has come: what is to be predicted is not on the page yet."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

import numpy as np

from memviz.contracts.lesson import Lesson, step_time
from memviz.contracts.trace import Trace

TASK = ("input", "target")  # kinds that show the task, not what the network does
LINES = ("gate", "strength")  # kinds drawn as lines: a gap there, where a heatmap is blank at zero


def veiled(trace: Trace, last: int) -> Trace:
    """The episode as far as a learner has come: after step `last` what the network did is blank, its task is not."""
    arrays, last = dict(trace.arrays), max(0, min(last, trace.steps - 1))
    for name, signal in trace.signals.items():
        if signal.dims[:1] != ("t",) or signal.kind in TASK or len(signal.dims) == 1:
            continue
        array = arrays[name] = np.array(trace[name])
        if signal.kind == "memory":
            array[last + 1 :] = array[last]  # it stays as it was left
        else:
            array[last + 1 :] = np.nan if signal.kind in LINES and len(signal.dims) == 2 else 0
    events = tuple(event for event in trace.events if event.t <= last)
    return replace(trace, arrays=arrays, events=events)


def seen(lesson: Lesson, index: int, revealed: Collection[int], trace: Trace) -> int:
    """The last step of the episode that the lesson has shown so far."""
    times = [step_time(step, trace) for step in lesson.steps[: index + 1]]
    times += [step_time(lesson.steps[i], trace, revealed=True) for i in revealed]
    return max((t for t in times if t is not None), default=trace.steps - 1)
