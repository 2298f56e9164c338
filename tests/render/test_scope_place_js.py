"""Where a link leads and what the address says, in node."""

from __future__ import annotations

import json

import pytest

from tests.render.node import needs_node
from tests.render.state import told

pytestmark = needs_node


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
