"""What-if: forward with edits, for every signal of every model."""

from __future__ import annotations

import numpy as np
import pytest

from memviz import catalog
from memviz.contracts.errors import ConfigError

X, Y, T = 3, 2, 6
SMALL = {
    "ntm": {"N": 5, "W": 3, "hidden": 4, "read_heads": 2, "write_heads": 2},
    "lstm": {"hidden": 4},
    "mann": {"N": 5, "W": 3, "hidden": 4, "heads": 2, "read_order": "previous"},  # slot 0 is read before it is cleared
    "dnc": {
        **{"N": 5, "W": 3, "hidden": 4, "read_heads": 2, "start": "uniform"},
        **{"masked": True, "deallocate": True, "sharpen_links": True},
    },
    "keyvalue": {"N": 2, "W": 3, "hidden": 4, "policy": "lfu", "update": "append", "write": "gate"},
}
# what only orders the slots has no effect while their order stays, nor an item that stays one
ORDERING = {
    ("mann", "usage"): 0.0,
    ("keyvalue", "count"): 0.0,
    ("keyvalue", "item"): -1.0,
    ("keyvalue", "item_start"): 0.0,
}
UNASKED = {("keyvalue", "age")}  # this policy goes by counts; test_keyvalue_slots.py edits ages under another
EDITED = {"keyvalue": 2}  # the step that is edited: two entries are there to choose from
MODELS = {name: (model, model.config(**SMALL.get(name, {}))) for name, model in catalog.models().items()}
SIGNALS = [(name, signal) for name, (model, config) in MODELS.items() for signal in model.signals(config)]
every_model = pytest.mark.parametrize("name", MODELS)


def play(name, edits):
    """(outputs, state after, tape) of one fixed episode."""
    model, config = MODELS[name]
    params = model.init(config, X, Y, np.random.default_rng(1))
    inputs = np.random.default_rng(2).integers(0, 2, (T, X)).astype(float)
    return model.forward(config, params, model.start(config, params), inputs, edits)


@every_model
def test_edits_that_leave_all_alone_change_no_bit(name):
    outputs, state, tape = play(name, None)
    nothing = {signal: np.full_like(values, np.nan) for signal, values in tape.items()}
    for edits in ({}, nothing):
        edited_outputs, edited_state, edited_tape = play(name, edits)
        assert edited_outputs.tobytes() == outputs.tobytes()
        assert {k: v.tobytes() for k, v in edited_state.items()} == {k: v.tobytes() for k, v in state.items()}
        assert {k: v.tobytes() for k, v in edited_tape.items()} == {k: v.tobytes() for k, v in tape.items()}


@pytest.mark.parametrize(("name", "signal"), SIGNALS)
def test_an_edited_number_is_what_was_asked_and_has_effects_only_from_there_on(name, signal):
    model, config = MODELS[name]
    outputs, _, tape = play(name, None)
    timed = model.signals(config)[signal].dims[0] == "t"
    step = EDITED.get(name, 1) if timed else 0
    at = (step, *(0,) * (tape[signal].ndim - 1)) if timed else (0,) * tape[signal].ndim
    wanted = np.full_like(tape[signal], np.nan)
    wanted[at] = ORDERING.get((name, signal), tape[signal][at] * 0.5 + 0.3)

    edited_outputs, _, edited = play(name, {signal: wanted})
    assert edited[signal][at] == wanted[at]
    np.testing.assert_array_equal(edited_outputs[:step], outputs[:step])
    for other, values in tape.items():
        if model.signals(config)[other].dims[0] == "t":
            np.testing.assert_array_equal(edited[other][:step], values[:step])
    assert np.abs(edited_outputs - outputs).max() > 0 or (name, signal) in UNASKED


@every_model
def test_a_wrong_name_or_shape_is_refused(name):
    with pytest.raises(ConfigError, match="edits: want"):
        play(name, {"nonsense": np.zeros(T)})
    with pytest.raises(ConfigError, match=r"edits.*want"):
        play(name, {"hidden": np.zeros((T + 1, 4))})
