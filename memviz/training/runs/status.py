"""Where a run stands, as the JSON values of the scope's status header. May be read from any thread."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from memviz.contracts.knob import to_dict
from memviz.training.config import AT_WORK
from memviz.training.runs.engine import Engine
from memviz.training.setup import Setup

RECENT = 32  # updates over which the metrics are averaged


def levels(setup: Setup) -> dict[str, float]:
    """What a network that knows nothing scores and, where 0 is out of reach, what the best possible predictor does."""
    known = {"chance": setup.task.chance, "bound": setup.task.bound}
    metrics = {name: of(setup.task_config) for name, of in known.items() if of is not None}
    short = {"bits": "bits_per_sequence", "wrong": "wrong_bits"}
    return {f"{name}_{key}": found[long] for name, found in metrics.items() for key, long in short.items()}


def status(engine: Engine) -> dict[str, Any]:
    """The header. `metrics` are means over recent updates; `exam` is the last one, `solved_at` an update.

    `branches` are all that can be gone back to (id, parent, at, seed, last, records), `branch` the present one's id;
    `records` and `changes` are of the present one, and `knobs` what its next update is made with.
    """
    setup, state = engine.trainer.setup, engine.trainer.state
    said, exam = engine.state, state.exam  # read once: the run goes on meanwhile
    return {
        "state": said,
        "message": engine.message,
        "place": engine.admission.place,
        "update": state.update,
        "sequences": state.sequences,
        "seconds": state.seconds,
        "per_second": engine.rate.per_second if said in AT_WORK else 0.0,
        "metrics": {
            **engine.history.curve.recent(RECENT),
            **levels(setup),
        },
        "exam": None if exam is None else asdict(exam),
        "solved_at": None if state.solved is None else state.solved.update,
        "solved": None if state.solved is None else asdict(state.solved),
        "records": engine.history.updates,
        "knobs": to_dict(state.config),
        "changes": [[update, dict(values)] for update, values in state.changes],
        "seed": setup.seed,
        "goal": asdict(engine.goal),
        "speed": engine.brake.per_second,
        "gradients": engine.gradients,
        "epoch": engine.branches.epoch,
        "branch": engine.branches.now.id,
        "branches": [branch.describe() for branch in engine.branches.every],
    }
