"""Least-recently-used access: which slots a write takes, and what is cleared before it."""

from __future__ import annotations

import numpy as np
import pytest

from memviz.ops.least_used import decay_usage, decay_usage_twin, least_used, least_used_twin

TIE = 1e-5


def choose(usage, heads, shared=False, clear_all=False, tie=TIE, dtype=np.float64):
    """(out, keep), written over arbitrary contents."""
    usage = np.array(usage, dtype)
    out, keep = np.full((heads, len(usage)), 7.0, dtype), np.full(len(usage), 7.0, dtype)
    least_used(usage, tie, shared, clear_all, out, keep)
    return out, keep


def test_the_first_head_takes_the_smallest_and_the_next_the_second_smallest():
    out, keep = choose([0.5, 3.0, 0.1, 0.4], 2)
    np.testing.assert_array_equal(out, [[0, 0, 1, 0], [0, 0, 0, 1]])
    np.testing.assert_array_equal(keep, [1, 1, 0, 1])


def test_together_they_are_as_many_as_there_are_heads():
    out, keep = choose([0.5, 3.0, 0.1, 0.4], 3, shared=True, clear_all=True)
    np.testing.assert_array_equal(out, [[1, 0, 1, 1]] * 3)
    np.testing.assert_array_equal(keep, [0, 1, 0, 0])


def test_ties_go_to_the_lower_slot_even_where_rounding_separates_them():
    for noise in (0.0, TIE / 10):
        usage = np.full(5, 1.0)
        usage[:3] += noise
        out, _ = choose(usage, 2)
        np.testing.assert_array_equal(out.argmax(1), [0, 1])


def test_a_fresh_memory_is_filled_from_slot_0_on():
    out, _ = choose(np.zeros(4), 3)
    np.testing.assert_array_equal(out.argmax(1), [0, 1, 2])


def test_fewer_slots_than_heads_are_dealt_out_again():
    out, keep = choose([0.3, 0.2], 5, clear_all=True)
    np.testing.assert_array_equal(out.argmax(1), [1, 0, 1, 0, 1])
    np.testing.assert_array_equal(keep, [0, 0])
    out, keep = choose([0.3], 3)
    np.testing.assert_array_equal(out, [[1]] * 3)
    np.testing.assert_array_equal(keep, [0])


def test_a_nan_is_never_the_smallest():
    out, _ = choose([np.nan, 0.3, 0.2, np.nan], 3)
    np.testing.assert_array_equal(out.argmax(1), [2, 1, 0])


def test_usage_decays_and_grows_by_what_is_read_and_written():
    out = np.full(3, 7.0)
    read, write = np.array([[1.0, 0, 0], [0, 0.5, 0.5]]), np.array([[0.0, 1, 0], [0, 1, 0]])
    decay_usage(np.array([1.0, 2.0, 4.0]), 0.5, read, write, out)
    np.testing.assert_allclose(out, [1.5, 3.5, 2.5])


@pytest.mark.torch
@pytest.mark.parametrize("heads", [1, 2, 4])
@pytest.mark.parametrize("slots", [1, 2, 3, 9])
def test_the_torch_twin_chooses_the_same(heads, slots):
    torch = pytest.importorskip("torch", reason="the twins need the [torch] extra")
    rng = np.random.default_rng(3)
    usage = rng.integers(0, 3, (2, slots)) + rng.uniform(0, TIE / 3, (2, slots))
    read, write = rng.dirichlet(np.ones(slots), (2, 2, heads))
    for shared in (False, True):
        for clear_all in (False, True):
            out, keep = least_used_twin(torch.tensor(usage), TIE, heads, shared, clear_all)
            for b in range(2):
                want = choose(usage[b], heads, shared, clear_all)
                np.testing.assert_array_equal(out[b].numpy(), want[0])
                np.testing.assert_array_equal(keep[b].numpy(), want[1])
    after = decay_usage_twin(torch.tensor(usage), 0.9, torch.tensor(read), torch.tensor(write))
    for b in range(2):
        want = np.empty(slots)
        decay_usage(usage[b], 0.9, read[b], write[b], want)
        np.testing.assert_allclose(after[b].numpy(), want, rtol=1e-12)
