from __future__ import annotations

import math

import numpy as np
import pytest

from memviz.training.runs.curve import BLOCK, Curve
from memviz.training.runs.history import History, size_of
from memviz.training.state import Exam
from tests.training import stand_in


def metrics(update, **more):
    return {
        "loss": 0.0,
        "bits_per_sequence": float(update),
        "wrong_bits": 1.0,
        "norm": 2.0,
        "norm_clipped": 1.0,
        **more,
    }


def test_a_short_curve_holds_every_update():
    curve = Curve()
    for update in range(1, 101):
        curve.add(update, metrics(update))
    columns = curve.columns()
    np.testing.assert_array_equal(columns["update"], np.arange(1, 101))
    np.testing.assert_array_equal(columns["bits"], np.arange(1, 101))
    assert columns["update"].dtype == np.int32
    assert len(curve.columns(97)["norm"]) == 3


def test_a_long_curve_is_bounded_and_says_means_and_maxima():
    curve, total = Curve(), BLOCK * 7  # one update a point, then two, then four
    for update in range(1, total + 1):
        curve.add(update, metrics(update, norm=float(update % 2)))
    assert len(curve) == 3 * BLOCK
    columns = curve.columns()
    assert columns["update"][-1] == total
    assert columns["bits"][-1] == np.float32(total - 1.5)  # the mean of four
    assert (columns["norm"][BLOCK:] == 1).all()
    assert (np.diff(columns["update"]) > 0).all()


def test_a_curve_is_cut_and_filled_again():
    curve, again = Curve(), Curve()
    for update in range(1, BLOCK + 11):
        curve.add(update, metrics(update))
    curve.cut(BLOCK + 4)
    assert curve.columns()["update"][-1] == BLOCK + 4
    again.fill(curve.columns())
    for one in (curve, again):
        one.add(BLOCK + 5, metrics(0))
        one.add(BLOCK + 6, metrics(0))
    for name, column in curve.columns().items():
        np.testing.assert_array_equal(again.columns()[name], column)


def test_recent_metrics_are_those_of_the_last_updates():
    curve = Curve()
    assert curve.recent(10) == {}
    for update in range(1, 31):
        curve.add(update, metrics(update, norm=float(update)))
    assert curve.recent(10)["bits_per_sequence"] == pytest.approx(25.5)
    assert curve.recent(10)["norm"] == 30


def test_records_are_log_spaced():
    history, state = History(), stand_in.trainer().state
    for state.update in range(2000):
        if history.due(state.update):
            history.keep(state)
    assert history.updates[:8] == [0, 1, 2, 3, 4, 6, 8, 11]
    assert len(history.updates) < 25


def kept(updates, **limits):
    history, state = History(**limits), stand_in.trainer().state
    for update in updates:
        state.update = update
        history.keep(state)
    return history


def test_records_are_bounded_in_number_and_the_middle_is_thinned():
    history = kept(range(0, 400), records=12)
    updates = history.updates
    assert len(updates) == 12
    assert (updates[0], updates[-1]) == (0, 399)
    gaps = np.diff(np.log(np.array(updates) + 1))
    assert gaps.max() < 2.2 * math.log(400) / 11  # spread out, none far from even


def test_the_best_state_of_a_polish_is_never_thinned_out():
    history, state = History(records=3), stand_in.trainer().state
    for state.update in range(400):
        if state.update in (5, 100):
            state.best_exam = Exam(state.update, 10, 0, 1.0, 0.5)
        history.keep(state)
        assert len(history.updates) <= 3
        assert state.best_exam is None or state.best_exam.update in history.updates
    assert history.updates == [0, 100, 399]
    assert kept(range(100), limit=1).updates == [0, 99]


def test_records_are_bounded_in_bytes():
    size = size_of(stand_in.trainer().state)
    history = kept(range(20), limit=5 * size + 10)
    assert len(history.updates) == 5
    assert history.bytes <= 5 * size + 10


def test_a_record_does_not_change_when_training_goes_on():
    trainer, history = stand_in.trainer(), History()
    stand_in.losses(trainer, 5)
    history.keep(trainer.state)
    wanted = stand_in.losses(trainer, 5)
    trainer.restore(history.state(5))
    assert stand_in.losses(trainer, 5) == wanted
    assert history.state(6) is None


def test_what_came_after_an_update_can_be_forgotten():
    history = kept([0, 1, 2, 4, 8])
    for update in range(1, 9):
        history.curve.add(update, metrics(update))
    history.cut(4)
    assert history.updates == [0, 1, 2, 4]
    assert len(history.curve) == 4
    assert history.due(6)
    assert not history.due(5)
