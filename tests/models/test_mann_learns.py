"""The memory-augmented network under the trainer: it solves its lesson, and how, can be read off its memory."""

from __future__ import annotations

import numpy as np
import pytest

from memviz import catalog
from memviz.contracts.places import asset
from memviz.contracts.trace import Trace
from memviz.training.config import Until
from memviz.training.loop import drive
from memviz.training.probe import Probe
from memviz.training.recipe import plan
from memviz.training.trainer import Trainer
from tests.training.test_trainer import fixed


@pytest.fixture(scope="module")
def solved():
    made = plan({"model": "mann", "task": "copy", "seed": 4}, catalog.models(), catalog.tasks())
    made = Trainer(made.setup, made.config, threads=1)
    made._pace = fixed(1)
    assert list(drive(made, Until(updates=4000)))
    return made


def test_the_lesson_is_solved_within_twenty_thousand_sequences(solved):
    assert solved.state.solved is not None
    assert solved.state.sequences <= 20_000
    assert solved.exam().wrong_bits == 0


def test_what_it_learnt_is_a_valid_trace_with_gradients(solved):
    trace = Probe(solved.setup).trace(solved.state, solved.params, gradients=True)
    assert trace.findings == ()
    assert trace.meta["scores"]["wrong_bits"] == 0
    stored = solved.setup.model.signals(solved.setup.model_config)
    assert {f"d_{name}" for name in stored} <= trace.signals.keys()


def test_in_the_recorded_episode_words_go_to_the_least_used_slots_and_are_read_there():
    trace = Trace.load(asset("recorded") / "mann-copy-lesson.safetensors")
    written, read = (trace[f"{side}_weighting"][:, 0] for side in ("write", "read"))
    assert trace.findings == ()
    np.testing.assert_array_equal(written[:8].argmax(-1), range(8))
    np.testing.assert_array_equal(read[9:].argmax(-1), range(8))
    assert read[9:].max(-1).min() > 0.9
    assert trace["write_gate"][:8].max() < 0.1
