"""One clock for several scopes, in node: who is moved is followed, nobody echoes, and only one of them ticks."""

from __future__ import annotations

import pytest

from tests.render.node import evaluate, needs_node

pytestmark = needs_node

# member(steps, records): a scope without its figure, joined to the clock "pair" of one page; `spoken`: what was said
PAGE = """(() => {
  const page = new EventTarget();
  const spoken = [];
  page.addEventListener("memviz.clock", ({ detail: { clock, from, last, ...words } }) => spoken.push(words));
  const episode = (T, update) => ({ T, update, source: "live", arrays: {}, signals: {}, sizes: {} });
  const member = (T, records = [0], name = "pair", arrived = true) => {
    const traces = new Map(records.map((u) => [u, episode(T, u)]));
    const self = { clock: null, at: () => self.store.get().t };
    self.arrive = (act = () => {}) => {
      self.store.set({ trace: traces.get(records.at(-1)) });
      self.clock.arrive(act);
    };
    self.store = $store.createStore({ ...$store.INITIAL, traces }, () => self.clock?.told());
    self.actions = $actions.createActions(self.store, () => false, { recipe: () => ({}), tell: () => {} });
    self.clock = $clock.createClock(self.store, self.actions, page);
    self.tick = $player.createPlayer(self.store, self.actions);
    self.clock.join(name);
    if (arrived) self.arrive();
    return self;
  };
  const shown = ({ store }) => $records.shownUpdate(store.get());
  %s
})()"""


def said(script: str):
    """What `script` returns, a function body that sees member, spoken and shown."""
    return evaluate("scope", PAGE % script)


def test_a_step_in_one_moves_the_other_and_nobody_echoes():
    script = """
      const [left, right] = [member(20), member(20)];
      spoken.length = 0;
      left.actions.setT(7);
      right.actions.back();
      return [left.at(), right.at(), spoken];"""
    assert said(script) == [6, 6, [{"t": 7}, {"t": 6}]]


def test_a_shorter_episode_rests_on_its_last_step_and_holds_nobody_back():
    script = """
      const [long, short] = [member(30), member(10)];
      long.actions.setT(25);
      const far = [long.at(), short.at(), short.store.get().beyond];
      short.actions.back();
      return [far, long.at(), short.at(), short.store.get().beyond];"""
    assert said(script) == [[25, 9, 25], 8, 8, None]


@pytest.mark.parametrize("first", ["short", "long"])
def test_the_longest_episode_drives_whoever_was_asked_to_play(first):
    script = """
      const [a, b] = FIRST === "short" ? [member(10), member(30)] : [member(30), member(10)];
      a.actions.playPause();
      for (let i = 0; i < 15; i++) [a, b].forEach((one) => one.tick(0.25));
      return [a, b].map((one) => [one.at(), one.store.get().driven]);""".replace("FIRST", repr(first))
    both = [[9, True], [15, False]]
    assert said(script) == (both if first == "short" else both[::-1])


def test_a_longer_episode_that_comes_later_drives():
    script = """
      const short = member(10);
      short.actions.playPause();
      const long = member(30, [0], "pair", false);
      long.arrive();
      return [short, long].map((one) => [one.store.get().playing, one.store.get().driven]);"""
    assert said(script) == [[True, True], [True, False]]


def test_only_who_plays_ticks_and_a_touch_of_the_other_stops_both():
    script = """
      const [left, right] = [member(20), member(20)];
      left.actions.playPause();
      const waits = [left, right].map((one) => one.tick(0.25));
      const seen = [left.at(), right.at(), right.store.get().playing];
      right.actions.playPause();
      const still = [left, right].map((one) => one.store.get().playing);
      right.actions.playPause();
      right.tick(0.25);
      const driven = [left, right].map((one) => one.store.get().driven);
      return [waits.map(Number.isFinite), seen, still, [left.at(), right.at()], driven];"""
    assert said(script) == [[True, False], [1, 1, True], [False, False], [2, 2], [True, False]]


def test_an_update_moves_the_other_to_its_nearest_record_and_no_further():
    script = """
      const [left, right] = [member(9, [0, 100, 400]), member(9, [0, 90, 350])];
      spoken.length = 0;
      left.actions.setU(100);
      const near = [shown(left), shown(right)];
      left.actions.follow();
      return [near, shown(left), shown(right), spoken];"""
    assert said(script) == [[100, 90], 400, 350, [{"u": 100}, {"u": None}]]


def test_an_episode_of_one_record_keeps_it():
    script = """
      const [run, recorded] = [member(9, [0, 100, 400]), member(9, [3800])];
      run.actions.setU(100);
      return [shown(run), shown(recorded), recorded.store.get().u];"""
    assert said(script) == [100, 3800, None]


@pytest.mark.parametrize("late", ["arrives", "joins"])
def test_who_comes_later_opens_where_the_clock_stands(late):
    script = """
      const left = member(20);
      left.actions.setT(7);
      const right = member(20, [0], LATE ? "pair" : null, !LATE);
      if (LATE) right.arrive(() => right.store.set({ playing: true })); // by itself it would play
      else right.clock.join("pair");
      return [right.at(), right.store.get().playing, left.store.get().playing];""".replace(
        "LATE", str(late == "arrives").lower()
    )
    assert said(script) == [7, False, False]


def test_what_a_frame_brings_is_no_move():
    script = """
      const [left, right] = [member(20), member(20)];
      left.actions.setT(15);
      right.clock.quietly(() => right.store.set({ t: 3 }));
      left.actions.setSpeed(8);
      return [left.at(), right.at()];"""
    assert said(script) == [15, 3]


def test_other_clocks_and_none_are_left_alone():
    script = """
      const [left, other, alone] = [member(20), member(20, [0], "another"), member(20, [0], null)];
      const right = member(20);
      left.actions.setT(7);
      right.clock.join(null);
      left.actions.setT(9);
      return [right.at(), other.at(), alone.at()];"""
    assert said(script) == [7, 0, 0]


def test_who_leaves_while_it_plays_stops_those_it_drove():
    script = """
      const [left, right] = [member(20), member(20)];
      left.actions.playPause();
      left.clock.stop();
      return [right.store.get().playing, right.store.get().driven];"""
    assert said(script) == [False, False]


def test_linked_again_they_stand_where_the_first_went_meanwhile():
    script = """
      const [left, right] = [member(20), member(20)];
      left.actions.setT(7);
      [left, right].forEach((one) => one.clock.join(null));
      left.actions.setT(12);
      right.actions.playPause();
      [left, right].forEach((one) => one.clock.join("pair"));
      return [left.at(), right.at(), right.store.get().playing];"""
    assert said(script) == [12, 12, False]
