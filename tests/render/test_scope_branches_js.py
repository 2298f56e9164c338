"""Branches of a run, in node: looking at one while the run goes on in another."""

from __future__ import annotations

from tests.render.node import needs_node
from tests.render.state import told

pytestmark = needs_node


BRANCHES = """
  const branches = [{ id: 0, at: 0, seed: 1, last: 8, records: [0, 2, 8] }, { id: 3, at: 2, seed: 1, last: 5, records: [0, 2, 5] }];
  const forked = { branch: 3, branches, epoch: 3, update: 5, records: [0, 2, 5], state: "paused" };
  const of = (branch, update, source = "probe") => ({ ...traceFrame(update, source), header: { ...traceFrame(update, source).header, branch } });
  const store = storeOf(after(statusFrame(forked), traceFrame(5, "live")));
  const actions = actionsOf(store);
  const seen = () => [store.get().branch, $records.shownUpdate(store.get()), $records.recordsOf(store.get())];
"""  # noqa: E501  (a line of JavaScript)


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
      const drawn = () => Array.from($view.viewOf(store.get(), null).curve.update);
      take(store, curveOf(null, 1, 2, 3));
      actions.lookAtBranch(0);
      [curveOf(7, 5), curveOf(0, 1, 2, 8), of(0, 8), curveOf(null, 1, 2, 4)].forEach((frame) => take(store, frame));
      const there = drawn();
      actions.lookAtBranch(3);
      return [there, drawn()];
    """  # noqa: E501  (a line of JavaScript)
    assert told(BRANCHES + code) == [[1, 2, 8], [1, 2, 4]]
