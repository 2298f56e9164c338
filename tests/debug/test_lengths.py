"""Errors by length: what a network that knows nothing, and one that always errs, get wrong, and where."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from memviz import catalog
from memviz.contracts.errors import ConfigError
from memviz.debug.lengths import length_errors, trained_to, usual
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


def test_a_length_of_nothing_is_refused():
    with pytest.raises(ConfigError, match="length_errors: want lengths"):
        errors(copied, (0,))


def test_the_share_of_all_answers_of_a_length_is_told():
    assert errors(lambda inputs: 1 - copied(inputs)).meta["wrong"] == [1.0, 1.0, 1.0]
    assert errors(copied).meta["wrong"] == [0.0, 0.0, 0.0]


def test_lengths_go_from_the_shortest_to_three_times_the_longest_trained_on():
    setup = setup_of(copied)
    assert trained_to(setup) == 4
    assert usual(setup) == list(range(1, 13))
    assert errors(copied, ()).meta["lengths"] == usual(setup)


@pytest.mark.parametrize("name", list(catalog.tasks()))
def test_every_task_has_lengths_or_says_that_it_has_one(name):
    task = catalog.tasks()[name]
    config = task.config(**task.presets["lesson"].knobs)
    model_config = MODEL.config(hidden=4, outputs=task.loss)
    setup = Setup(MODEL, task, model_config, config)
    chosen = usual(setup)
    assert chosen == sorted(set(chosen))
    assert trained_to(setup) in range(chosen[0], chosen[-1] + 1)
    assert len(chosen) > 1 or name == "own"
    trace = length_errors(setup, setup.initial(), (chosen[0], chosen[-1]), episodes=2)
    assert 0 < max(trace.meta["wrong"]) <= 1


def test_a_saved_memory_is_where_episodes_start():
    model = catalog.models()["ntm"]
    setup = Setup(model, TASK, model.config(N=4, W=3, hidden=5), TASK.config(width=3, low=1, high=4), seed=1)
    params = setup.initial()
    plain = length_errors(setup, params, (3,), 4)["error"]
    filled = length_errors(setup, params, (3,), 4, memory=np.full((4, 3), 5.0))["error"]
    assert not np.array_equal(plain, filled)


def test_a_task_without_lengths_is_refused():
    odd = dataclasses.replace(TASK, sample=refuse)
    with pytest.raises(ConfigError, match="episodes come in lengths"):
        usual(dataclasses.replace(setup_of(copied), task=odd))


def refuse(config, rng, length=None):
    raise ConfigError("sample: want no length, got one (leave it out)")
