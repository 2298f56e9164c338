"""What a server allows, and the estimate of what a run takes."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from memviz import catalog
from memviz.contracts.errors import ConfigError
from memviz.training.config import TrainConfig
from memviz.training.lanes import Lanes
from memviz.training.recipe import plan
from memviz.training.runs import footprint
from memviz.training.runs.limits import Limits, variable
from memviz.training.state import TrainState
from tests.training import stand_in

NTM = {"model": "ntm", "task": "copy", "seed": 1}


def test_the_environment_sets_limits_and_leaves_the_others():
    found = Limits.from_environment({"MEMVIZ_TRAINING": "3", "MEMVIZ_DISK": "0.5", "MEMVIZ_RUNS": ""})
    assert found == dataclasses.replace(Limits(), training=3, disk=0.5)


def test_a_limit_that_makes_no_sense_names_its_variable():
    with pytest.raises(ConfigError, match=r"MEMVIZ_PER_BROWSER: .*want a whole number 1..1024"):
        Limits.from_environment({variable("per_browser"): "many"})


@pytest.mark.parametrize("knobs", [{}, {"training": {"batch": 33, "chunk": 8, "lanes": 3}}, {"model": {"N": 200}}])
def test_the_estimate_of_the_work_arrays_is_what_a_trainer_really_makes(knobs):
    made = plan({**NTM, "preset": "paper", "knobs": knobs}, catalog.models(), catalog.tasks())
    setup, config = made.setup, made.config
    lanes = Lanes(setup, config, TrainState.first(setup, config).params)
    X, Y = setup.task.widths(setup.task_config)
    exams = [setup.model.scratch(setup.model_config, X, Y, T, 5, np.float32) for T in (41, 201)]  # own and harder one
    real = footprint.held([vars(lanes), vars(lanes.batch), exams]) + 6 * 4 * setup.layout.size
    assert footprint.wanted(setup, config) == pytest.approx(real, rel=0.05)


def test_the_largest_recipe_is_refused_without_taking_its_memory():
    large = {
        "model": {"N": 1024, "W": 256},
        "training": {"batch": 1024, "chunk": 64, "lanes": 16},
        "task": {"high": 100},
    }
    made = plan({**NTM, "knobs": large}, catalog.models(), catalog.tasks())
    with pytest.raises(ConfigError, match=r"want at most 4 GiB for one run, got about \d+ GiB .*MEMVIZ_RUN_MEMORY"):
        footprint.check(made.setup, [made.config], 4 * 2**30)


def test_carried_memories_and_the_batch_count():
    setup = stand_in.setup(N=64, W=64)
    reset, carry = (TrainConfig(batch=64, memory=memory) for memory in ("reset", "carry"))
    assert footprint.wanted(setup, carry) - footprint.wanted(setup, reset) == 2 * 64 * 64 * 64 * 4
    assert footprint.wanted(setup, TrainConfig(batch=128)) > footprint.wanted(setup, reset)
