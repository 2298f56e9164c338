"""What a key-value memory does with its slots, told by hand through edits: reads, hits, evictions, merges, events."""

from __future__ import annotations

import numpy as np
import pytest

from memviz.contracts.errors import ConfigError
from memviz.contracts.signal import Signal
from memviz.contracts.trace import Trace
from memviz.models.keyvalue import MODEL
from memviz.models.keyvalue.config import RULES, KeyValueConfig
from memviz.ops.policies.simulate import simulate

X, Y, W, HIT = 3, 2, 8, 0.9
KEYS = np.eye(W)


def play(config, wrote, asked=None, values=None, start=None):
    """(outputs, state, tape): step t offers key number wrote[t] and asks for number asked[t]; None edits nothing."""
    params = MODEL.init(config, X, Y, np.random.default_rng(1))
    inputs = np.random.default_rng(2).integers(0, 2, (len(wrote), X)).astype(float)
    edits = {"write_key": KEYS[wrote][:, None], "read_key": KEYS[wrote if asked is None else asked][:, None]}
    if values is not None:
        edits["add"] = values[:, None]
    return MODEL.forward(config, params, start or MODEL.start(config, params), inputs, edits)


def config(**knobs):
    return KeyValueConfig(**{"N": 3, "W": W, "hidden": 4, "hit": HIT, **knobs})


def names(tape, settings):
    return [event.name for event in MODEL.events(settings, tape)]


def test_an_empty_store_reads_zeros_and_the_read_comes_before_the_write():
    tape = play(config(), [0, 0])[2]
    np.testing.assert_array_equal(tape["read_vector"][0], 0)
    np.testing.assert_array_equal(tape["read_weighting"][0], 0)
    np.testing.assert_allclose(tape["read_vector"][1, 0], tape["add"][0, 0], rtol=1e-12)


def test_the_nearest_are_read_by_a_softmax_of_cosines():
    settings = config(N=5, nearest=2, update="append")
    tape = play(settings, [0, 1, 2, 3, 4, 5], [0, 0, 0, 0, 2, 2])[2]
    for t in (4, 5):  # all cosines but one are 0: the tie goes to the lower slot
        assert set(np.flatnonzero(tape["read_weighting"][t, 0])) == {0, 2}
        strength = tape["read_strength"][t, 0]
        want = np.exp(strength) / (np.exp(strength) + 1)
        assert tape["read_weighting"][t, 0, 2] == pytest.approx(want, rel=1e-5)


def test_a_hard_read_takes_the_nearest_alone():
    tape = play(config(hard=True), [0, 1, 2, 5], [0, 0, 0, 1])[2]
    np.testing.assert_array_equal(tape["read_weighting"][3, 0], [0, 1, 0])
    assert "read_strength" not in tape


def test_replace_average_and_append_do_what_they_say():
    values = np.arange(1.0, 1 + 3 * W).reshape(3, W)
    replaced = play(config(), [0, 1, 0], values=values)[2]
    np.testing.assert_array_equal(replaced["memory"][-1, :2], values[[2, 1]])
    averaged = play(config(update="average", rate=0.25), [0, 1, 0], values=values)[2]
    np.testing.assert_allclose(averaged["memory"][-1, 0], 0.75 * values[0] + 0.25 * values[2])
    appended = play(config(update="append"), [0, 1, 0], values=values)[2]
    np.testing.assert_array_equal(appended["memory"][-1], values)
    assert list(appended["item"][-1]) == [0, 1, 2]
    assert list(replaced["item"][-1]) == [0, 1, -1]


def test_a_shut_gate_writes_nothing_and_an_open_one_scales():
    settings = config(write="gate")
    params = MODEL.init(settings, X, Y, np.random.default_rng(1))
    inputs = np.random.default_rng(2).integers(0, 2, (3, X)).astype(float)
    gates = np.array([[0.75], [0.5], [0.6]])
    tape = MODEL.forward(settings, params, MODEL.start(settings, params), inputs, {"write_gate": gates})[2]
    np.testing.assert_array_equal(tape["write_weighting"][1], 0)
    np.testing.assert_allclose(tape["memory"][0, 0], 0.75 * tape["add"][0, 0], rtol=1e-12)


@pytest.mark.parametrize("policy", ["fifo", "belady"])
def test_a_stream_of_keys_hits_as_often_as_under_the_policy_by_itself(policy):
    """Not so under policies that count reads: a memory reads its nearest key even where it does not hold the one."""
    stream = np.random.default_rng(3).integers(0, 6, 40)
    settings = config(policy=policy)
    told = names(play(settings, stream)[2], settings)
    _, evicted, _ = simulate(policy, stream, 3)
    assert told.count("hit") == (evicted == -2).sum() > 0
    assert told.count("evict") == (evicted >= 0).sum() > 0


def test_the_least_recently_used_slot_is_given_up_and_the_event_says_so():
    settings = config(hard=True)
    tape = play(settings, [0, 1, 2, 3], [0, 0, 0, 0])[2]  # slot 0 was read at steps 1, 2 and 3
    assert list(tape["item"][-1]) == [0, 3, 2]
    assert list(tape["age"][-1]) == [0, 0, 1]
    assert list(tape["count"][-1]) == [3, 0, 0]
    told = [event for event in MODEL.events(settings, tape) if event.name == "evict"]
    assert [(event.t, event.slot, event.item) for event in told] == [(3, 1, 1)]
    assert told[0].text == "evicted slot 1 holding item 1: least recently used"


def test_an_edited_age_changes_what_is_given_up():
    settings = config(hard=True)
    params = MODEL.init(settings, X, Y, np.random.default_rng(1))
    ages = np.full((4, 3), np.nan)
    ages[2, 2] = 9
    edits = {"write_key": KEYS[:4][:, None], "read_key": KEYS[[0, 0, 0, 0]][:, None], "age": ages}
    tape = MODEL.forward(settings, params, MODEL.start(settings, params), np.zeros((4, X)), edits)[2]
    assert list(tape["item"][-1]) == [0, 1, 3]


def test_belady_keeps_what_will_be_asked_for():
    settings = config(policy="belady", hard=True)
    tape = play(settings, [0, 1, 2, 3, 4, 4], [7, 7, 7, 7, 0, 2])[2]  # 1 is never asked for
    assert list(tape["item"][3]) == [0, 3, 2]


def test_belady_refuses_an_encoder_whose_future_depends_on_reads():
    for knobs in ({"controller": "lstm"}, {"feedback": True}):
        with pytest.raises(ConfigError, match=r"policy: want belady .*feedforward"):
            config(policy="belady", **knobs)


def test_merging_blends_the_nearest_pair_and_frees_the_higher_slot():
    near = KEYS.copy()
    near[1] = [0.8, 0.6, 0, 0, 0, 0, 0, 0]
    settings, values = config(policy="merge", update="append"), np.arange(1.0, 1 + 4 * W).reshape(4, W)
    params = MODEL.init(settings, X, Y, np.random.default_rng(1))
    edits = {"write_key": near[[0, 2, 1, 3]][:, None], "add": values[:, None]}
    tape = MODEL.forward(settings, params, MODEL.start(settings, params), np.zeros((4, X)), edits)[2]
    np.testing.assert_allclose(tape["memory"][-1], [(values[0] + values[2]) / 2, values[1], values[3]])
    np.testing.assert_allclose(tape["memory_keys"][-1], [(near[0] + near[1]) / 2, near[2], near[3]])
    told = [event for event in MODEL.events(settings, tape) if event.name == "merge"]
    assert [(event.t, event.slot, event.item) for event in told] == [(3, 0, 2)]


def test_events_tell_hits_and_misses_in_order():
    settings = config()
    tape = play(settings, [0, 1, 0])[2]
    assert names(tape, settings) == ["miss", "write", "read", "miss", "write", "read", "hit", "write"]


@pytest.mark.parametrize(
    "knobs",
    [
        {},
        {"hard": True},
        {"write": "gate"},
        {"controller": "lstm"},
        {"policy": "merge"},
        {"policy": "usage"},
        {"protect": 3},
    ],
)
def test_tape_is_a_valid_trace_without_findings(knobs):
    settings = config(**knobs)
    params = MODEL.init(settings, X, Y, np.random.default_rng(1))
    inputs = np.random.default_rng(2).integers(0, 2, (9, X)).astype(float)
    outputs, _, tape = MODEL.forward(settings, params, MODEL.start(settings, params), inputs, None)
    signals = dict(MODEL.signals(settings)) | {"output": Signal("output", ("t", "output"), "")}
    trace = Trace(signals, {**tape, "output": outputs}, tuple(MODEL.events(settings, tape)), (), {})
    assert trace.findings == ()


@pytest.mark.parametrize("policy", ["lru", "random", "oldest", "merge"])
def test_an_episode_in_two_halves_is_the_same_episode(policy):
    settings = KeyValueConfig(N=3, W=5, hidden=4, policy=policy, controller="lstm", feedback=True, past=2)
    params = MODEL.init(settings, X, Y, np.random.default_rng(1))
    inputs = np.random.default_rng(2).integers(0, 2, (12, X)).astype(float)
    outputs, end, _ = MODEL.forward(settings, params, MODEL.start(settings, params), inputs, None)
    first, middle, _ = MODEL.forward(settings, params, MODEL.start(settings, params), inputs[:5], None)
    second, after, _ = MODEL.forward(settings, params, middle, inputs[5:], None)
    np.testing.assert_array_equal(np.concatenate([first, second]), outputs)
    for name, value in end.items():
        np.testing.assert_array_equal(after[name], value)


def protected(**knobs):
    return config(hard=True, update="replace", protect=2, **knobs)


def refusals(tape, settings):
    told = [event for event in MODEL.events(settings, tape) if event.name == "refuse"]
    return [(event.t, event.slot, event.item) for event in told]


@pytest.mark.parametrize("policy", RULES)
def test_what_was_written_before_the_marked_step_stays(policy):
    settings = protected(policy=policy)
    tape = play(settings, [0, 1, 2, 3, 4, 5, 6], [7] * 7)[2]
    assert list(tape["item"][-1]) == [0, 1, 6]
    np.testing.assert_array_equal(tape["memory"][-1, :2], tape["memory"][1, :2])
    np.testing.assert_array_equal(tape["protected"][:2], 0)
    assert ((tape["protected"][2:] > 0) == [True, True, False]).all()
    assert list(play(config(policy=policy, hard=True), [0, 1, 2, 3, 4, 5, 6], [7] * 7)[2]["item"][-1]) != [0, 1, 6]


def test_the_event_tells_which_protected_slot_was_passed_over():
    settings = protected()
    tape = play(settings, [0, 1, 2, 3], [7] * 4)[2]
    (gone,) = (event for event in MODEL.events(settings, tape) if event.name == "evict")
    assert gone.text == "evicted slot 2 holding item 2: least recently used; slot 1 is protected"
    assert list(tape["protected"][3]) == [1, 2, 0]  # slot 0 is young: of keys unlike the query, the lowest is read


def test_a_protected_entry_cannot_be_replaced_by_its_own_key():
    settings = protected()
    values = np.arange(1.0, 1 + 3 * W).reshape(3, W)
    tape = play(settings, [0, 1, 0], [7] * 3, values)[2]
    np.testing.assert_array_equal(tape["memory"][-1, :2], values[:2])
    assert refusals(tape, settings) == [(2, 0, 0)]
    assert [event.text for event in MODEL.events(settings, tape) if event.name == "refuse"] == [
        "refused: slot 0 is protected, nothing was written"
    ]


def test_where_all_is_protected_a_newcomer_is_refused_and_where_a_share_is_it_has_room():
    full = config(N=2, hard=True, protect=2)
    tape = play(full, [0, 1, 2, 3], [7] * 4)[2]
    assert list(tape["item"][-1]) == [0, 1]
    assert refusals(tape, full) == [(2, 1, 1), (3, 1, 1)]
    shared = config(N=2, hard=True, protect=2, protect_share=0.5)
    tape = play(shared, [0, 1, 2, 3], [7] * 4)[2]
    assert list(tape["item"][-1]) == [0, 3]
    assert refusals(tape, shared) == []


def test_what_an_episode_before_has_left_is_protected_too():
    settings = config(N=2, hard=True, protect=1)
    start = play(settings, [0], [7])[1]
    tape = play(settings, [1, 2, 3], [7] * 3, start=start)[2]
    assert list(tape["item"][-1]) == [0, 1]


def test_a_hand_may_protect_a_slot_and_overwrite_a_protected_one():
    settings = protected()
    params = MODEL.init(settings, X, Y, np.random.default_rng(1))
    safe, place = np.full((4, 3), np.nan), np.full((4, 1, 3), np.nan)
    safe[3] = [0, 0, 1]
    edits = {"write_key": KEYS[:4][:, None], "read_key": KEYS[[7] * 4][:, None], "protected": safe}
    tape = MODEL.forward(settings, params, MODEL.start(settings, params), np.zeros((4, X)), edits)[2]
    assert list(tape["item"][-1]) == [0, 3, 2]
    place[3, 0, 2] = 1
    forced = MODEL.forward(
        settings, params, MODEL.start(settings, params), np.zeros((4, X)), {**edits, "write_weighting": place}
    )[2]
    np.testing.assert_array_equal(forced["memory_keys"][-1, 2], KEYS[3])


def test_usage_goes_from_one_by_what_is_read():
    settings = config(policy="usage", free=0.25, update="append")
    tape = play(settings, [0, 1, 2, 3], [7, 0, 0, 0])[2]
    want = np.zeros(3)
    for t in range(4):
        want *= 1 - 0.25 * tape["read_weighting"][t, 0]
        want[tape["write_weighting"][t, 0] > 0] = 1
        np.testing.assert_allclose(tape["usage"][t], want, rtol=1e-12)
    assert list(tape["item"][-1]) == [3, 1, 2]  # what was read most is done with


def test_an_edited_usage_changes_what_is_given_up():
    settings = config(policy="usage", hard=True)
    params = MODEL.init(settings, X, Y, np.random.default_rng(1))
    usage = np.full((4, 3), np.nan)
    usage[2] = [0.9, 0.8, 0.1]
    edits = {"write_key": KEYS[:4][:, None], "read_key": KEYS[[0, 0, 0, 0]][:, None], "usage": usage}
    tape = MODEL.forward(settings, params, MODEL.start(settings, params), np.zeros((4, X)), edits)[2]
    np.testing.assert_array_equal(tape["usage"][2], usage[2])
    assert list(tape["item"][-1]) == [0, 1, 3]
