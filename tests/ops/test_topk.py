"""The exact top k against numpy's sort: odd sizes, ties, one slot, all slots, what is not a number."""

from __future__ import annotations

import numpy as np
import pytest

from memviz.ops.topk import topk


def best(K, q, k):
    slots, scores = np.empty(k, np.int64), np.empty(k, K.dtype)
    topk(K, q, slots, scores)
    return slots, scores


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(("N", "W", "k"), [(1, 1, 1), (7, 3, 2), (13, 5, 13), (64, 16, 8), (1003, 64, 50)])
def test_the_best_slots_are_the_first_of_a_stable_sort(N, W, k, dtype):
    rng = np.random.default_rng(N)
    K, q = rng.integers(-3, 4, (N, W)).astype(dtype), rng.integers(-3, 4, W).astype(dtype)  # exact, with ties
    slots, scores = best(K, q, k)
    want = K @ q
    order = np.argsort(-want, kind="stable")[:k]
    np.testing.assert_array_equal(slots, order)
    np.testing.assert_array_equal(scores, want[order])


def test_what_is_not_a_number_is_never_among_the_best():
    K = np.ones((5, 2))
    K[1] = np.nan
    slots, scores = best(K, np.ones(2), 5)
    assert list(slots) == [0, 2, 3, 4, -1]
    assert scores[-1] == -np.inf
