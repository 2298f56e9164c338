"""Errors by length: what a network that knows nothing, and one that always errs, get wrong, and where."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from memviz import catalog
from memviz.contracts.errors import ConfigError
from memviz.debug.lengths import length_errors
from memviz.render.plotly_figure import panel_figure
from memviz.training.setup import Setup
from tests.render.frames import panels_of

MODEL, TASK = catalog.models()["lstm"], catalog.tasks()["copy"]


def setup_of(answer):
    """An LSTM on copy whose outputs are those of `answer(inputs)`."""

    def forward(config, params, state, inputs, edits):
        return answer(inputs), state, {}

    model = dataclasses.replace(MODEL, forward=forward)
    return Setup(model, TASK, model.config(hidden=4), TASK.config(width=3, low=1, high=4))


def errors(answer, lengths=(1, 2, 5)):
    setup = setup_of(answer)
    return length_errors(setup, setup.initial(), lengths, episodes=6)


def copied(inputs):
    """The right answers, or too few of them: from the sixth step of an answer on, ones."""
    T, words = len(inputs), (len(inputs) - 1) // 2
    outputs = np.zeros((T, 3))
    outputs[words + 1 :] = inputs[:words, :3]
    return outputs


def test_the_right_answers_have_no_error_at_any_length():
    trace = errors(copied)
    assert trace["error"].shape == (11, 3)
    assert not trace["error"].any()


def test_errors_lie_where_answers_are_asked_and_nowhere_else():
    trace = errors(lambda inputs: 1 - copied(inputs))
    for column, length in enumerate((1, 2, 5)):
        want = np.zeros(11)
        want[length + 1 : 2 * length + 1] = 1
        np.testing.assert_array_equal(trace["error"][:, column], want)


def test_the_heatmap_names_the_lengths():
    trace = errors(copied)
    (panel,) = panels_of(trace)
    figure = panel_figure(trace, panel, {})
    assert panel.id == "generalisation.error"
    assert list(figure.layout.yaxis.ticktext) == ["1", "2", "5"]
    assert "lengths 1, 2, 5" in panel.legend
    assert np.shape(figure.data[0].customdata) == (3, 11)


def test_no_lengths_are_refused():
    with pytest.raises(ConfigError, match="length_errors: want lengths"):
        errors(copied, ())
