"""The layers of the DNC's controller: what each sees, and that one layer is what the DNC always was."""

from __future__ import annotations

import numpy as np
import pytest

from memviz.models.dnc import MODEL

H, L, X, Y, T = 4, 3, 3, 2, 4
SMALL = {"N": 5, "W": 3, "hidden": H, "read_heads": 1}


def record(edits=None, **changes):
    """The trace of one episode of random inputs."""
    config = MODEL.config(**SMALL, layers=L, **changes)
    params = MODEL.init(config, X, Y, np.random.default_rng(0))
    inputs = np.random.default_rng(1).normal(size=(T, X))
    return MODEL.forward(config, params, MODEL.start(config, params), inputs, edits)[2]


def layers(trace):
    """What every layer says, (T, L, H)."""
    return trace["hidden"].reshape(T, L, H)


@pytest.mark.parametrize("controller", ["lstm", "feedforward"])
@pytest.mark.parametrize("layer", range(L))
def test_a_layer_is_seen_by_itself_later_and_by_those_above_at_once(layer, controller):
    plain = record(controller=controller)
    wanted = np.full((T, L, H), np.nan)
    wanted[1, layer] = plain["hidden"].reshape(T, L, H)[1, layer] + 0.5
    edited = record({"hidden": wanted.reshape(T, L * H)}, controller=controller)
    changed = (layers(edited) != layers(plain)).any(2)
    assert not changed[0].any()
    assert changed[1].tolist() == [other >= layer for other in range(L)]
    assert changed[2].all()  # by the words read, which follow from all layers
    assert (edited["write_key"] != plain["write_key"]).any((1, 2)).tolist() == [False, True, True, True]


def test_one_layer_has_the_parameters_it_always_had():
    config = MODEL.config(**SMALL)
    params = MODEL.init(config, X, Y, np.random.default_rng(0))
    assert list(params) == ["controller", "heads", "output"]
    assert params["controller"].shape == (H + 1 + 3 + X, 4 * H)


def test_every_layer_begins_with_an_open_forget_gate_and_no_other_bias():
    params = MODEL.init(MODEL.config(**SMALL, layers=L), X, Y, np.random.default_rng(0))
    biases = params["deeper"][:, 2 * H]  # rows [below | own | 1 | r | x]
    assert biases.shape == (L - 1, 4 * H)
    assert (biases[:, H : 2 * H] == 1).all()
    assert np.count_nonzero(biases) == (L - 1) * H
