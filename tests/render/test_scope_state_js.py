"""How the scope's state changes, in node: what frames do to it, where a link leads, what slow motion leaves behind."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.render.node import evaluate, needs_node

pytestmark = needs_node

FRAMES = (Path(__file__).parent / "state_frames.js").read_text(encoding="utf-8")


def told(code, entry="scope"):
    """The JSON value of a function body that sees the frames above."""
    return evaluate(entry, "(() => {" + FRAMES + code + "})()")


def test_a_rewritten_epoch_forgets_what_was_recorded_of_the_old_one():
    code = """
      const before = { ...running(traceFrame(2, "probe")), u: 2, wanted: 0 };
      const same = changed(before, statusFrame());
      const next = changed(before, statusFrame({ epoch: 1, update: 0, records: [0] }));
      return [same, next].map(({ traces, u, wanted }) => [[...traces.keys()], u, wanted]);
    """
    assert told(code) == [[[2, 8], 2, 0], [[], None, None]]


def test_another_run_starts_with_nothing_of_the_one_before():
    code = """
      const state = { ...running(traceFrame(2, "probe")), u: 2 };
      const next = changed(state, statusFrame({ run: "b" }));
      return [[...next.traces.keys()], next.u, next.curve.update];
    """
    assert told(code) == [[], None, []]


def test_the_recorded_episode_is_no_record_of_the_run_that_starts():
    code = """
      const state = after(traceFrame(1650, "recorded"), statusFrame({ update: 0, records: [0] }));
      const page = { ...state, connection: "none", status: null, traces: new Map([[1650, state.trace]]) };
      const offline = changed(page, statusFrame());
      return [$records.recordsOf(state), [...offline.traces.keys()]];
    """
    assert told(code) == [[0], [1650]]  # a page without a server has all it ever gets


def test_frames_of_the_slow_motion_are_shown_and_not_kept():
    code = """
      const state = running(traceFrame(9, "slow"));
      return [state.trace.update, state.trace.source, [...state.traces.keys()]];
    """
    assert told(code) == [9, "slow", [8]]


def test_slow_motion_does_not_move_a_scrubber_that_a_person_moved():
    code = """
      const state = { ...running(traceFrame(2, "probe")), u: 2 };
      state.trace = state.traces.get(2);
      return changed(state, traceFrame(9, "slow")).trace.update;
    """
    assert told(code) == 2


def test_a_refused_update_leaves_the_scrubber_where_the_picture_is():
    code = """
      const refusal = { header: { type: "error", message: "no", remedy: "" }, arrays: {} };
      const state = { ...running(), u: 2, wanted: 2 };
      const next = changed(state, refusal);
      return [next.wanted, next.u, $records.shownUpdate(next)];
    """
    assert told(code) == [None, None, 8]


def test_a_lost_connection_takes_back_what_was_asked_for():
    code = """
      const state = { ...running(traceFrame(2, "probe")), u: 0, wanted: 0, slow: { phase: "waiting" } };
      return ["lost", "connecting"].map((connection) => $receive.connected(state, connection));
    """
    # the picture is that of update 8, the newest: it is followed again
    assert told(code) == [{"connection": "lost", "wanted": None, "u": None, "slow": None}, {"connection": "connecting"}]


@pytest.mark.parametrize(
    ("more", "u", "found"),
    [
        ({}, 2, 2),  # recorded while it trains: there at once
        ({}, 5, None),  # passed over while it trains: its nearest once the run rests
        ({}, 90, None),  # not reached yet
        ({"state": "paused"}, 90, None),  # nor will it be without a person
        ({"state": "solved", "update": 90}, 60, 8),  # thinned out meanwhile: the nearest
        ({"state": "idle", "run": None, "records": []}, 2, None),  # the run of a recipe link is not started yet
    ],
    ids=str,
)
def test_a_link_leads_to_its_update_once_that_is_recorded(more, u, found):
    source = "recorded" if more.get("run", "a") is None else "live"
    state = f"after(statusFrame({json.dumps(more)}), traceFrame(2, '{source}'))"
    code = f"return $place.recordFor({u}, {state});"
    assert told(code) == found


def test_a_link_ends_at_its_update_although_training_goes_on():
    code = """
      const store = storeOf(after(traceFrame(1650, "recorded"), statusFrame(nothing)));
      const actions = actionsOf(store);
      const place = $place.createPlace(store, actions, { hash: false, u: 8 });
      const shown = [];
      const frames = [[0, [0]], [8, [0, 2, 8]], [30, [0, 2, 8, 30]]].flatMap(
        ([update, records]) => [statusFrame({ update, records }), traceFrame(update, "live")]);
      for (const frame of frames) {
        take(store, frame);
        place.restore();
        shown.push([$place.placeOf(store.get(), place.pending()).u, $records.shownUpdate(store.get())]);
      }
      return [shown, store.get().trace.update];
    """
    shown, drawn = told(code)
    assert [u for u, _ in shown] == [8] * 6  # the address keeps it all the while
    assert shown[-1] == [8, 8]
    assert drawn == 8


def test_who_goes_elsewhere_is_not_called_back_by_the_link():
    code = """
      const store = storeOf(running());
      const actions = actionsOf(store);
      const place = $place.createPlace(store, actions, { hash: false, u: 50 });
      place.restore();
      actions.setU(2);
      place.restore();
      take(store, statusFrame({ update: 60, records: [0, 2, 8, 50, 60] }));
      place.restore();
      return [store.get().u, place.pending() ?? null];
    """
    assert told(code) == [2, None]


def test_the_address_names_no_update_while_a_run_is_merely_followed():
    code = """
      const following = running();
      const chosen = { ...following, u: 2 };
      const rested = { ...following, status: { ...following.status, state: "solved" } };
      const recorded = after(traceFrame(1650, "recorded"), statusFrame(nothing));
      const offline = { ...recorded, connection: "none", status: null };
      return [following, chosen, rested, recorded, offline].map((state) => $place.placeOf(state).u);
    """
    assert told(code) == [None, 2, 8, None, 1650]


def test_the_gradient_layer_fetches_what_lies_here_without_gradients():
    code = """
      const store = storeOf({ ...running(traceFrame(2, "probe"), traceFrame(0, "probe", true)), u: 2 });
      const actions = actionsOf(store);
      actions.toggleLayer();
      const asked = [...told];
      take(store, traceFrame(2, "probe", true));
      actions.setU(0);
      actions.setU(8);
      return [asked, told.slice(asked.length), $slow.hasGradients(store.get().traces.get(2))];
    """
    asked, later, kept = told(code)
    assert asked == [{"do": "gradients", "on": True}, {"do": "probe", "update": 2}]
    assert later == [{"do": "probe", "update": 8}]  # update 0 has them already
    assert kept


def test_who_only_watches_sees_gradients_too():
    code = """
      const store = storeOf(running(statusFrame({ controls: false })));
      const actions = actionsOf(store);
      actions.toggleLayer();
      actions.toggleLayer();
      return told;
    """
    assert told(code) == [{"do": "gradients", "on": True}, {"do": "gradients", "on": False}]


def test_after_a_lost_connection_the_gradient_layer_is_asked_for_again():
    code = """
      const store = storeOf({ ...running(), layer: "gradient" });
      const actions = actionsOf(store);
      actions.reconnected();
      return told;
    """
    assert told(code) == [{"do": "gradients", "on": True}]


@pytest.mark.parametrize("layer", ["forward", "gradient"])
def test_slow_motion_puts_back_the_speed_and_the_gradients(layer):
    code = f"""
      const store = storeOf({{ ...running(statusFrame({{ state: "paused", speed: 50 }})), layer: "{layer}" }});
      const actions = actionsOf(store);
      actions.slowMotion();
      actions.clear();
      return words();
    """
    began = [["pause", None], ["gradients", True], ["speed", 2], ["speed", 50]]
    assert told(code) == began + ([["gradients", False]] if layer == "forward" else [])


def test_a_slow_motion_that_ends_by_itself_leaves_no_gradients_on():
    code = """
      const store = storeOf(running(statusFrame({ state: "paused", speed: null })));
      const actions = actionsOf(store);
      const tick = $player.createPlayer(store, actions);
      actions.slowMotion();
      take(store, statusFrame({ state: "paused", speed: 2 }));
      tick(0.1);
      take(store, statusFrame({ state: "paused", speed: 2, update: 9, records: [0, 2, 8, 9] }));
      take(store, traceFrame(9, "live", true));
      for (let i = 0; i < 400 && store.get().slow; i++) tick(0.1);
      return [store.get().slow, words()];
    """
    slow, commands = told(code)
    assert slow is None
    assert commands == [
        ["pause", None],
        ["gradients", True],
        ["speed", 2],
        ["step", None],
        ["speed", None],
        ["gradients", False],
    ]


def test_the_rows_in_view_stay_inside_the_memory():
    asked = [[0, 32], [-5, 32], [120, 32], [3, 128], [3, 64]]
    found = told(f"return {asked}.map(([start, size]) => $view.rangeOf({{ start, size }}, 128));")
    assert [range and list(range.values()) for range in found] == [[0, 32], [0, 32], [96, 32], None, [3, 64]]
    assert told("return $view.rangeOf({ start: 0, size: 32 }, 64);") is None  # few enough to show all


def test_a_large_memory_is_brought_near_and_moved_by_rows():
    code = """
      const large = traceFrame(8, "live");
      large.arrays.memory = { data: new Float32Array(256), shape: [2, 128, 1] };
      const store = storeOf(after(statusFrame(), large));
      const actions = actionsOf(store);
      const steps = [["centreSlots", 50], ["moveSlots", 10], ["zoomSlots", 0.5], ["moveSlots", Infinity],
        ["moveSlots", -Infinity], ["zoomSlots", Infinity], ["zoomSlots", 0.5], ["toggleNear"], ["toggleNear"]];
      return steps.map(([name, value]) => {
        actions[name](value);
        const { range } = store.get();
        return range && [range.start, range.size];
      });
    """
    near = [[34, 32], [44, 32], [52, 16], [112, 16], [0, 16]]
    assert told(code) == [*near, None, [32, 64], None, [0, 32]]


BRANCHES = """
  const branches = [{ id: 0, at: 0, seed: 1, last: 8, records: [0, 2, 8] }, { id: 3, at: 2, seed: 1, last: 5, records: [0, 2, 5] }];
  const forked = { branch: 3, branches, epoch: 3, update: 5, records: [0, 2, 5], state: "paused" };
  const of = (branch, update, source = "probe") => ({ ...traceFrame(update, source), header: { ...traceFrame(update, source).header, branch } });
  const store = storeOf(after(statusFrame(forked), traceFrame(5, "live")));
  const actions = actionsOf(store);
  const seen = () => [store.get().branch, $records.shownUpdate(store.get()), $records.recordsOf(store.get())];
"""  # noqa: E501


def test_another_branch_is_looked_at_by_its_own_records_while_the_run_goes_on():
    code = """
      actions.lookAtBranch(0);
      [traceFrame(6, "live"), of(0, 8)].forEach((frame) => take(store, frame));
      const there = seen();
      actions.trainingBack();
      take(store, of(0, 2));
      const back = [seen(), $place.placeOf(store.get()).u];
      actions.lookAtBranch(3);
      [of(0, 8), traceFrame(5, "probe")].forEach((frame) => take(store, frame));
      return [there, back, seen(), told];
    """
    there, back, home, asked = told(BRANCHES + code)
    assert there == [0, 8, [0, 2, 8]]
    assert back == [[0, 2, [0, 2, 8]], None]
    assert home == [None, 5, [0, 2, 5]]
    assert asked == [
        {"do": "probe", "update": 8, "branch": 0},
        {"do": "probe", "update": 2, "branch": 0},
        {"do": "probe", "update": 5},
    ]


def test_training_goes_on_from_the_branch_that_is_looked_at():
    code = """
      actions.lookAtBranch(0);
      take(store, of(0, 8));
      actions.trainingForward(); // its end: nothing is trained on the present branch unasked
      actions.branch();
      take(store, statusFrame({ ...forked, branch: 0, epoch: 4, update: 8, records: [0, 2, 8] }));
      return [told.slice(1), store.get().branch, store.get().u];
    """
    assert told(BRANCHES + code) == [[{"do": "branch", "update": 8, "of": 0}], None, None]


def test_a_branch_that_is_forgotten_is_no_longer_looked_at():
    code = """
      actions.lookAtBranch(0);
      take(store, statusFrame({ ...forked, branches: branches.slice(1) }));
      return [store.get().branch, store.get().wanted];
    """
    assert told(BRANCHES + code) == [None, None]


def test_branches_are_named_by_where_they_begin_and_their_seeds_where_these_differ():
    code = """
      const names = $branches.branchNames;
      return [names(branches), names([branches[0], { at: 1200, seed: 2 }]), names(undefined)];
    """
    assert told(BRANCHES + code) == [
        ["branch 1, from the start", "branch 2, from update 2"],
        ["branch 1, from the start, seed 1", "branch 2, from update 1,200, seed 2"],
        [],
    ]


def test_the_curve_on_show_is_that_of_the_branch_that_is_looked_at():
    code = """
      const curveOf = (branch, ...update) => ({ header: { type: "curve", from: 0, branch }, arrays: { update: { data: update } } });
      const drawn = () => $view.viewOf(store.get(), null).curve.update;
      take(store, curveOf(null, 1, 2, 3));
      actions.lookAtBranch(0);
      [curveOf(7, 5), curveOf(0, 1, 2, 8), of(0, 8), curveOf(null, 1, 2, 4)].forEach((frame) => take(store, frame));
      const there = drawn();
      actions.lookAtBranch(3);
      return [there, drawn()];
    """  # noqa: E501
    assert told(BRANCHES + code) == [[1, 2, 8], [1, 2, 4]]
