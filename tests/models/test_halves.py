"""The state after an episode is all that its continuation needs, for every model."""

from __future__ import annotations

import numpy as np
import pytest

from memviz import catalog

X, Y, T = 3, 2, 9
SMALL = {
    "ntm": {"N": 5, "W": 3, "hidden": 4, "read_heads": 2, "write_heads": 2},
    "lstm": {"hidden": 4},
    "mann": {"N": 5, "W": 3, "hidden": 4, "heads": 2},
}


@pytest.mark.parametrize("name", list(catalog.models()))
def test_an_episode_in_two_halves_is_the_same_episode(name):
    model = catalog.models()[name]
    config = model.config(**SMALL.get(name, {}))
    params = model.init(config, X, Y, np.random.default_rng(1))
    inputs = np.random.default_rng(2).integers(0, 2, (T, X)).astype(float)
    outputs, end, tape = model.forward(config, params, model.start(config, params), inputs, None)
    first, middle, _ = model.forward(config, params, model.start(config, params), inputs[:4], None)
    second, after, rest = model.forward(config, params, middle, inputs[4:], None)

    np.testing.assert_array_equal(np.concatenate([first, second]), outputs)
    for signal, values in rest.items():
        if model.signals(config)[signal].dims[0] == "t":
            np.testing.assert_array_equal(values, tape[signal][4:])
    for part, value in end.items():
        np.testing.assert_array_equal(after[part], value)


@pytest.mark.parametrize("name", list(catalog.models()))
def test_parameters_have_the_shapes_that_are_told(name):
    model = catalog.models()[name]
    for preset in model.presets.values():
        config = model.config(**preset.knobs)
        params = model.init(config, 7, 5, np.random.default_rng(1))
        assert {block: array.shape for block, array in params.items()} == dict(model.shapes(config, 7, 5))
        assert list(params) == list(model.shapes(config, 7, 5))
