"""What is on show, in node: the gradient layer, what slow motion leaves behind, a part of a large memory."""

from __future__ import annotations

import pytest

from tests.render.node import needs_node
from tests.render.state import told

pytestmark = needs_node


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


def test_the_gradient_of_an_update_that_only_passed_by_is_that_of_the_nearest_record():
    code = """
      const store = storeOf({ ...running(traceFrame(7, "live")), u: 7 });
      const actions = actionsOf(store);
      actions.toggleLayer();
      return [told, store.get().u];
    """
    assert told(code) == [[{"do": "gradients", "on": True}, {"do": "probe", "update": 8}], 8]


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


WAITING = """
  const store = storeOf(running(statusFrame({ state: "paused", speed: 50 })));
  const actions = actionsOf(store);
  const tick = $player.createPlayer(store, actions);
  const status = (more) => take(store, statusFrame({ state: "paused", speed: 2, ...more }));
  actions.slowMotion();
  status();
  tick(0.1); // asks for the update
"""
LEFT = [["speed", 50], ["gradients", False]]  # the speed before, and nobody looks at gradients


@pytest.mark.parametrize(
    "news",
    [
        'take(store, { header: { type: "error", message: "no", remedy: "" }, arrays: {} });',
        'status({ state: "diverged" });',
        'status({ state: "training" }); status({ state: "interrupted" });',
        'status({ state: "idle", update: 0, epoch: 1 });',
    ],
)
def test_slow_motion_ends_where_its_update_is_not_made(news):
    code = f"""
      const asked = words().at(-1)[0];
      {news}
      tick(0.1);
      return [asked, store.get().slow, words().slice(4)];
    """
    assert told(WAITING + code) == ["step", None, LEFT]


def test_slow_motion_begins_also_where_a_run_was_interrupted():
    code = """
      const store = storeOf(running(statusFrame({ state: "interrupted", speed: 2 })));
      const tick = $player.createPlayer(store, actionsOf(store));
      actionsOf(store).slowMotion();
      for (let i = 0; i < 3; i++) tick(0.1);
      return [store.get().slow.phase, words().at(-1)[0]];
    """
    assert told(code) == ["waiting", "step"]


def test_who_starts_another_run_leaves_slow_motion_and_the_new_run_hears_nothing_of_it():
    code = """
      actions.start();
      status({ run: "b", state: "training", speed: null });
      tick(0.1);
      return [store.get().slow, words().slice(4)];
    """
    assert told(WAITING + code) == [None, [*LEFT, ["start", None]]]


def test_another_run_ends_the_slow_motion_through_the_one_before():
    code = """
      status({ run: "b", state: "paused", speed: 2 });
      tick(0.1);
      return [store.get().slow, words().slice(4)];
    """
    assert told(WAITING + code) == [None, []]
