"""Findings say which invariant broke, how often, and where first; sound values have none."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from memviz.contracts.errors import TraceError
from memviz.contracts.finding import Finding, find, first_nonfinite
from memviz.contracts.signal import Signal

WEIGHTING = Signal("weighting", ("t", "read", "slot"), "")


def one(kind: str, dims: tuple[str, ...], array) -> Finding:
    """The single finding of one signal."""
    (finding,) = find({"x": Signal(kind, dims, "")}, {"x": np.asarray(array)})
    return finding


def test_a_weighting_that_sums_to_more_than_one_names_step_and_head():
    w = np.full((5, 2, 4), 0.25)
    w[3:, 1, 2] = 0.75
    finding = one("weighting", ("t", "read", "slot"), w)
    assert (finding.problem, finding.count, finding.t, finding.head, finding.slot) == (
        "sum_above_one",
        2,
        3,
        "read.1",
        None,
    )
    assert finding.text == "x sums to more than 1 over the slots: 1.5 at t=3, read=1"


def test_a_negative_weighting_names_step_head_and_slot():
    w = np.full((5, 2, 4), 0.2)
    w[2, 0, 3] = -0.1
    finding = one("weighting", ("t", "write", "slot"), w)
    assert (finding.problem, finding.count, finding.t, finding.head, finding.slot) == ("negative", 1, 2, "write.0", 3)


@pytest.mark.parametrize(
    ("kind", "dims", "array", "problem"),
    [
        ("gate", ("t",), [0.0, 1.2], "above_one"),
        ("gate", ("t",), [0.0, -0.2], "negative"),
        ("usage", ("t", "slot"), [[0.0], [7.0]], "above_one"),
        ("link", ("slot", "slot"), [[0.0, 2.0], [0.0, 0.0]], "above_one"),
        ("score", ("t", "slot"), [[0.0], [-7.0]], "negative"),
        ("strength", ("t",), [3.0, -1.0], "negative"),
        ("distribution", ("t", "shift"), [[0.5, 0.5], [0.5, 0.4]], "sum_not_one"),
        ("vector", ("t", "word"), [[1.0], [np.nan]], "nan"),
        ("hidden", ("t", "hidden"), [[1.0], [-np.inf]], "infinite"),
        ("gate", ("t",), [0.5, np.nan], "nan"),
        ("weighting", ("t", "slot"), np.array([[0, 0], [1, 1]], np.uint8), "sum_above_one"),
    ],
)
def test_each_kind_has_its_invariant(kind, dims, array, problem):
    assert one(kind, dims, array).problem == problem


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
@given(st.integers(0, 2**32))
def test_sound_values_of_every_kind_have_no_finding(dtype, seed):
    rng = np.random.default_rng(seed)
    positive = rng.random((6, 2, 1000)) ** 20
    w = (positive / positive.sum(-1, keepdims=True)).astype(dtype)
    signals = {
        "w": WEIGHTING,
        "s": Signal("distribution", ("t", "read", "mode"), ""),
        "g": Signal("gate", ("t", "read", "mode"), ""),
    }
    assert find(signals, {"w": w * np.dtype(dtype).type(rng.random()), "s": w, "g": w}) == ()


def test_two_broken_signals_have_a_finding_each_in_order():
    signals = {"b": Signal("gate", ("t",), ""), "a": Signal("strength", ("t",), "")}
    found = find(signals, {"b": np.array([2.0]), "a": np.array([-1.0])})
    assert [(f.signal, f.problem) for f in found] == [("b", "above_one"), ("a", "negative")]


def test_the_first_step_that_is_not_finite_is_the_earliest_of_all_signals():
    signals = {
        "a": Signal("vector", ("t", "word"), ""),
        "b": Signal("gate", ("t",), ""),
        "s": Signal("vector", ("word",), ""),
    }
    arrays = {"a": np.zeros((4, 2)), "b": np.zeros(4), "s": np.array([np.nan, 0])}
    assert first_nonfinite(signals, arrays) is None
    arrays["a"][3, 1] = np.inf
    arrays["b"][2] = np.nan
    assert first_nonfinite(signals, arrays) == (2, "b")


@pytest.mark.parametrize(
    "wrong", [{"problem": "odd"}, {"count": -1}, {"t": 0.5}, {"head": "x"}, {"signal": 3}, {"extra": 1}]
)
def test_a_finding_that_could_not_be_listed_is_refused(wrong):
    with pytest.raises(TraceError, match="Finding"):
        Finding.from_dict({"signal": "x", "problem": "nan", "count": 1} | wrong)
    with pytest.raises(TraceError, match="Finding"):
        Finding.from_dict({})
