"""Eviction policies against independent references, and against the optimum that none may beat."""

from __future__ import annotations

from collections import OrderedDict, deque
from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from memviz.contracts.errors import ConfigError
from memviz.ops.policies import POLICIES
from memviz.ops.policies.simulate import hit_rate, simulate

STREAMS = st.lists(st.integers(0, 9), min_size=1, max_size=60)
SIZES = st.integers(1, 6)


def hits(policy, items, N, key=0):
    return (simulate(policy, np.array(items), N, key)[1] == -2).tolist()


def lru(items, N):
    """The textbook's: a dict in order of use."""
    held, found = OrderedDict(), []
    for item in items:
        found.append(item in held)
        held[item] = None
        held.move_to_end(item)
        if len(held) > N:
            held.popitem(last=False)
    return found


def fifo(items, N):
    held, found = deque(), []
    for item in items:
        found.append(item in held)
        if not found[-1]:
            held.append(item)
            if len(held) > N:
                held.popleft()
    return found


def lfu(items, N):
    """Counts since the write; ties: least recently used."""
    held, found = {}, []
    for t, item in enumerate(items):
        found.append(item in held)
        if found[-1]:
            held[item] = (held[item][0] + 1, t)
            continue
        if len(held) == N:
            del held[min(held, key=held.__getitem__)]
        held[item] = (0, t)
    return found


def best(items, N):
    """The most hits that any choice of victims gives, by trying all of them."""

    @cache
    def most(t, held):
        if t == len(items):
            return 0
        if items[t] in held:
            return 1 + most(t + 1, held)
        if len(held) < N:
            return most(t + 1, held | {items[t]})
        return max(most(t + 1, held - {gone} | {items[t]}) for gone in held)

    return most(0, frozenset())


@given(STREAMS, SIZES)
def test_lru_fifo_and_lfu_equal_the_textbooks(items, N):
    assert hits("lru", items, N) == lru(items, N)
    assert hits("fifo", items, N) == fifo(items, N)
    assert hits("lfu", items, N) == lfu(items, N)


@given(st.lists(st.integers(0, 5), min_size=1, max_size=14), st.integers(1, 4))
def test_belady_is_the_optimum(items, N):
    assert sum(hits("belady", items, N)) == best(tuple(items), N)


@given(STREAMS, SIZES, st.integers(0, 2**64 - 1))
def test_no_policy_beats_belady(items, N, key):
    bound = sum(hits("belady", items, N))
    assert all(sum(hits(policy, items, N, key)) <= bound for policy in POLICIES)


@given(STREAMS, SIZES, st.sampled_from(POLICIES))
def test_what_is_evicted_was_held_and_what_is_hit_is_where_it_was_written(items, N, policy):
    slots, evicted, book = simulate(policy, np.array(items), N, 7)
    held = {}
    for item, slot, gone in zip(items, slots.tolist(), evicted.tolist(), strict=True):
        if gone == -2:
            assert held[slot] == item
        else:
            assert item not in held.values()
            assert held.get(slot, -1) == gone
            assert gone == -1 or len(held) == N
            held[slot] = item
    assert held == {n: item for n, item in enumerate(book.item.tolist()) if item >= 0}


def test_slots_are_filled_in_order_and_ties_go_to_the_lower():
    assert simulate("lru", np.arange(5), 3)[0].tolist() == [0, 1, 2, 0, 1]
    assert simulate("usage", np.array([3, 4, 3, 4, 5]), 2)[0].tolist() == [0, 1, 0, 1, 0]


def test_random_follows_the_key():
    items = np.arange(200) % 17
    runs = [simulate("random", items, 5, key)[0].tolist() for key in (1, 1, 2)]
    assert runs[0] == runs[1] != runs[2]


def test_bad_streams_are_told():
    with pytest.raises(ConfigError, match="policy"):
        simulate("mru", np.arange(3), 2)
    with pytest.raises(ConfigError, match="from 0"):
        simulate("lru", np.array([-1]), 2)
    assert hit_rate(np.array([], np.int64)) == 0.0
