"""Eviction policies against independent references, and against the optimum that none may beat."""

from __future__ import annotations

from collections import OrderedDict, deque
from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from memviz.contracts.errors import ConfigError
from memviz.ops.policies import FADING, POLICIES, RULES, USAGE, hit_by_write, ledger, usage_after_read, victim, written
from memviz.ops.policies.merge import nearest_pair
from memviz.ops.policies.oldest import PART
from memviz.ops.policies.simulate import DECAY, FREED, hit_rate, simulate
from memviz.ops.random import mix, uniform
from memviz.ops.retention import retention
from memviz.ops.usage import usage

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


def ranked(items, N, rank, note=lambda slots, held: None):
    """Evict the slot of the smallest (rank, last use, slot); rank(t, n, entry), note(entries, held) passes a step.

    An entry is a dict: item, touched, value (what a rank keeps books in).
    """
    slots, found = [], []
    for t, item in enumerate(items):
        held = [n for n, entry in enumerate(slots) if entry["item"] == item]
        found.append(bool(held))
        note(slots, held)
        if held:
            slots[held[0]]["touched"] = t
        elif len(slots) < N:
            slots.append({"item": item, "touched": t, "value": 1.0})
        else:
            n = min(range(N), key=lambda n, t=t: (rank(t, n, slots[n]), slots[n]["touched"], n))
            slots[n] = {"item": item, "touched": t, "value": 1.0}
    return found


def by_value(t, n, entry):
    return entry["value"]


def free_what_is_read(slots, held):
    """The DNC's usage where every weighting is 0 or 1."""
    for n, entry in enumerate(slots):
        read = float(n in held)
        entry["value"] *= 1 - FREED * read


def fade(slots, held):
    for n, entry in enumerate(slots):
        entry["value"] = DECAY * entry["value"] + float(n in held)


def merging(items, N, keys):
    """Slots with item, key, blurred: the two most alike become one, whose item is found again once it is renewed."""
    slots, found = [], []
    for item in items:
        held = [slot for slot in slots if slot and slot["item"] == item]
        found.append(bool(held) and not held[0]["blurred"])
        if held:
            held[0].update(key=keys[item], blurred=False)
            continue
        new = {"item": item, "key": keys[item], "blurred": False}
        if len(slots) < N:
            slots.append(new)
            continue
        pairs = [(-cosine(slots[i]["key"], slots[j]["key"]), i, j) for i in range(N) for j in range(i + 1, N)]
        if pairs:
            _, i, j = min(pairs, key=lambda pair: (round(pair[0], 9), *pair[1:]))
            slots[i].update(key=(slots[i]["key"] + slots[j]["key"]) / 2, blurred=True)
            slots[j] = new
        else:
            slots[0] = new
    return found


def cosine(a, b):
    """A key of zeros is like nothing."""
    return float(a @ b / (np.linalg.norm(a) * np.linalg.norm(b) or 1))


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


@given(STREAMS, SIZES, st.integers(0, 2**64 - 1))
def test_random_and_oldest_equal_a_plain_reference(items, N, key):
    def drawn(t, n, entry):
        return uniform(np.uint64(mix(np.uint64(mix(np.uint64(key), t)), n)))

    def aged(t, n, entry):
        return -(t - entry["touched"] + drawn(t, n, entry) * (1 + N // PART))

    assert hits("random", items, N, key) == ranked(items, N, drawn)
    assert hits("oldest", items, N, key) == ranked(items, N, aged)


def test_the_noise_of_the_oldest_lets_ages_change_places():
    items = np.random.default_rng(5).integers(0, 24, 500)
    assert hits("oldest", items, 8, 3) != hits("lru", items, 8)
    assert hits("oldest", items, 7, 3) == hits(
        "lru", items, 7
    )  # fewer slots: no two ages are equal, the noise is small


@given(STREAMS, SIZES)
def test_usage_and_fading_equal_a_plain_reference(items, N):
    assert hits("usage", items, N) == ranked(items, N, by_value, free_what_is_read)
    assert hits("fading", items, N) == ranked(items, N, by_value, fade)


@given(STREAMS, SIZES, st.integers(0, 99))
def test_merging_equals_a_plain_reference(items, N, seed):
    keys = np.random.default_rng(seed).normal(size=(10, 5))
    assert (simulate("merge", np.array(items), N, 0, keys)[1] == -2).tolist() == merging(items, N, keys)


@given(st.integers(1, 7), st.floats(0, 1), st.integers(0, 2**32 - 1))
def test_the_usage_policy_keeps_the_usage_of_the_dnc(N, free, seed):
    """Against the DNC's own op: usage of weightings of one head, a write of one slot and then a soft read a step."""
    rng, book, want = np.random.default_rng(seed), ledger(N), np.zeros(N)
    psi, after = np.empty(N), np.empty(N)
    for t in range(20):
        slot, reading = int(rng.integers(N)), rng.dirichlet(np.ones(N))
        if rng.uniform() < 0.5:
            written(book, slot, t, t, 0)
        else:
            hit_by_write(USAGE, book, slot, t)
        usage_after_read(USAGE, book.usage, DECAY, free, reading)
        retention(np.array([free]), reading[None], psi)
        usage(want, np.eye(N)[slot], psi, after)
        want[:] = after
        np.testing.assert_allclose(book.usage, want, rtol=1e-12, atol=1e-15)
    assert ((want >= 0) & (want <= 1)).all()


def test_usage_gives_up_what_was_read_and_fading_what_was_not():
    items = np.array([0, 1, 2, 1, 1, 3])
    assert simulate("usage", items, 3)[1].tolist()[-1] == 1
    assert simulate("fading", items, 3)[1].tolist()[-1] == 0
    book = ledger(2)
    written(book, 0, 0, 0, 0)
    hit_by_write(FADING, book, 0, 1)
    assert book.usage.tolist() == [2, 0]


@given(st.sampled_from(POLICIES), st.lists(st.booleans(), min_size=1, max_size=6), st.integers(0, 2**32 - 1))
def test_what_is_protected_is_never_given_up(policy, safe, seed):
    rng, N = np.random.default_rng(seed), len(safe)
    book = ledger(N)
    for name in ("born", "touched", "count", "next"):
        getattr(book, name)[:] = rng.integers(0, 4, N)
    book.usage[:], book.item[:] = rng.uniform(size=N), rng.permutation(N)
    bare = victim(POLICIES.index(policy), book, np.uint64(3), 9)
    book.protected[:] = safe
    slot = victim(POLICIES.index(policy), book, np.uint64(3), 9)
    assert slot == -1 if all(safe) else not safe[slot]
    assert safe[bare] or slot == bare
    K = rng.normal(size=(N, 3))
    pair = nearest_pair(K, 1 / np.linalg.norm(K, axis=1), book.protected)
    free = [n for n in range(N) if not safe[n]]
    assert pair == (-1, -1) if not free else set(pair) <= set(free)
    assert (pair[0] < pair[1]) == (len(free) > 1)


@given(st.lists(st.integers(0, 5), min_size=1, max_size=14), st.integers(1, 4))
def test_belady_is_the_optimum(items, N):
    assert sum(hits("belady", items, N)) == best(tuple(items), N)


@given(STREAMS, SIZES, st.integers(0, 2**64 - 1))
def test_no_policy_beats_belady(items, N, key):
    bound = sum(hits("belady", items, N))
    assert all(sum(hits(policy, items, N, key)) <= bound for policy in RULES)


@given(STREAMS, SIZES, st.sampled_from(RULES))
def test_what_is_evicted_was_held_and_what_is_hit_is_where_it_was_written(items, N, policy):
    slots, evicted, book = simulate(policy, np.array(items), N, 7)
    held = {}
    for item, slot, gone in zip(items, slots.tolist(), evicted.tolist(), strict=True):
        if gone == -2:
            assert held[slot] == item
        elif policy == "merge" and held.get(slot) == item:  # it was blurred, and is renewed in its place
            assert gone == -1
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


def test_merging_blurs_the_lower_slot_and_empties_the_higher():
    keys = np.array([[1.0, 0, 0], [0, 0, 1.0], [1.0, 0.2, 0], [0, 1.0, 0]])
    slots, evicted, _ = simulate("merge", np.array([0, 1, 2, 3, 1, 0, 0]), 3, keys=keys)
    assert evicted.tolist() == [-1, -1, -1, 2, -2, -1, -2]  # 0 is blurred by 2, asked for, renewed
    assert slots.tolist() == [0, 1, 2, 2, 1, 0, 0]


def test_bad_streams_are_told():
    with pytest.raises(ConfigError, match="a key an item"):
        simulate("merge", np.arange(3), 2, keys=np.ones((2, 4)))
    with pytest.raises(ConfigError, match="policy"):
        simulate("mru", np.arange(3), 2)
    with pytest.raises(ConfigError, match="from 0"):
        simulate("lru", np.array([-1]), 2)
    assert hit_rate(np.array([], np.int64)) == 0.0
