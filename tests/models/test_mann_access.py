"""What a memory-augmented network does with its slots: least-recently-used writes, clearing, usage."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from memviz.contracts.signal import Signal
from memviz.contracts.trace import Trace
from memviz.models.mann import MODEL
from memviz.models.mann.config import MANNConfig

X, Y, T = 3, 2, 9
SMALL = MANNConfig(N=5, W=4, hidden=6, heads=2)


def play(config=SMALL, edits=None, steps=T):
    """(params, outputs, state after, tape) of one episode of a fresh network."""
    params = MODEL.init(config, X, Y, np.random.default_rng(1))
    inputs = np.random.default_rng(2).integers(0, 2, (steps, X)).astype(float)
    return params, *MODEL.forward(config, params, MODEL.start(config, params), inputs, edits)


def shut(gate, config=SMALL):
    """Edits that hold the write gate at `gate`."""
    return {"write_gate": np.full((T, config.heads), gate)}


def test_a_shut_gate_writes_only_to_the_least_used_slots():
    tape = play(edits=shut(0.0))[-1]
    np.testing.assert_array_equal(tape["write_weighting"], tape["least_used"])


def test_an_open_gate_writes_where_the_head_read_last():
    tape = play(edits=shut(1.0))[-1]
    np.testing.assert_allclose(tape["write_weighting"][1:], tape["read_weighting"][:-1], atol=1e-15)
    np.testing.assert_allclose(tape["write_weighting"][0], tape["read_start"], atol=1e-15)


def test_a_fresh_memory_is_filled_slot_by_slot():
    one = dataclasses.replace(SMALL, heads=1, N=7)
    tape = play(one, edits=shut(0.0, one))[-1]
    np.testing.assert_array_equal(tape["least_used"][:7, 0].argmax(-1), range(7))


def test_the_least_used_slot_holds_nothing_but_the_new_word():
    tape = play(edits=shut(0.0))[-1]
    for t in range(T):
        first, second = tape["least_used"][t].argmax(-1)
        before = tape["memory"][t - 1] if t else tape["memory_start"]
        np.testing.assert_array_equal(tape["retention"][t], np.arange(5) != first)
        np.testing.assert_allclose(tape["memory"][t, first], tape["read_key"][t, 0], rtol=1e-12)
        np.testing.assert_allclose(tape["memory"][t, second], before[second] + tape["read_key"][t, 1], rtol=1e-12)


def test_usage_is_a_decayed_score_that_exceeds_one():
    tape = play()[-1]
    usage = np.zeros(5)
    for t in range(T):
        usage = 0.95 * usage + tape["read_weighting"][t].sum(0) + tape["write_weighting"][t].sum(0)
        np.testing.assert_allclose(tape["usage"][t], usage, rtol=1e-12)
    assert usage.max() > 1


def test_the_least_used_slots_are_those_of_the_usage_before():
    tape = play()[-1]
    for t in range(1, T):
        chosen = tape["least_used"][t].max(0) > 0
        assert tape["usage"][t - 1][chosen].max() <= tape["usage"][t - 1][~chosen].min()


def test_a_read_is_the_published_softmax_of_cosines():
    tape = play()[-1]
    M, key = tape["memory"], tape["read_key"]
    norms = np.sqrt((M**2).sum(-1) + 1e-6)[:, None] * np.sqrt((key**2).sum(-1) + 1e-6)[..., None]
    powers = np.exp(np.einsum("thw,tnw->thn", key, M) / norms)
    np.testing.assert_allclose(tape["read_weighting"], powers / powers.sum(-1, keepdims=True), rtol=1e-9)
    np.testing.assert_allclose(tape["read_vector"], tape["read_weighting"] @ M, rtol=1e-9)


@pytest.mark.parametrize("knobs", [{}, {"least_used": "all"}, {"N": 1}, {"heads": 1}, {"strength": "softplus"}])
def test_tape_is_a_valid_trace_without_findings(knobs):
    config = dataclasses.replace(SMALL, **knobs)
    _, outputs, _, tape = play(config)
    signals = dict(MODEL.signals(config)) | {"output": Signal("output", ("t", "output"), "")}
    trace = Trace(signals, {**tape, "output": outputs}, (), (), {})
    assert trace.findings == ()


def test_several_slots_a_head_are_no_weighting():
    kinds = {name: signal.kind for name, signal in MODEL.signals(dataclasses.replace(SMALL, least_used="all")).items()}
    assert kinds["write_weighting"] == kinds["least_used"] == "score"
    assert MODEL.signals(SMALL)["write_weighting"].kind == "weighting"
