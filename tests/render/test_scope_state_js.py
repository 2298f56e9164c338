"""How the scope's state changes, in node: what frames and a lost connection do to it."""

from __future__ import annotations

from tests.render.node import needs_node
from tests.render.state import told

pytestmark = needs_node


def test_a_rewritten_epoch_forgets_what_was_recorded_of_the_old_one():
    code = """
      const before = { ...running(traceFrame(2, "probe")), u: 2, wanted: 0 };
      const same = changed(before, statusFrame());
      const next = changed(before, statusFrame({ epoch: 1, update: 0, records: [0] }));
      return [same, next].map(({ traces, u, wanted }) => [[...traces.keys()], u, wanted]);
    """
    assert told(code) == [[[2, 8], 2, 0], [[], None, None]]


def test_the_page_rests_fifteen_times_as_long_as_a_picture_takes_but_not_at_the_beginning_and_not_for_long():
    code = """
      const beside = { state: "training", speed: null };
      const pause = (ms, seconds, more = {}) => $pace.restAfter(ms, { ...beside, seconds, ...more });
      const flatOut = [pause(20, 1.9), pause(20, 2), pause(4, 60), pause(90, 60)];
      return [flatOut, [pause(20, 9, { speed: 1 }), pause(20, 9, { state: "solved" }), $pace.restAfter(20, null)]];
    """
    assert told(code) == [[0, 300, 60, 300], [0, 0, 0]]


def test_another_run_starts_with_nothing_of_the_one_before():
    code = """
      const state = { ...running(traceFrame(2, "probe")), u: 2 };
      const next = changed(state, statusFrame({ run: "b" }));
      return [[...next.traces.keys()], next.u, Array.from(next.curve.update)];
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


def test_a_run_at_rest_is_in_no_slow_motion():
    code = """
      const phase = { header: { type: "phase", phase: "update", blocks: [["heads", 0.5]] }, arrays: {} };
      const seen = (state) => running(statusFrame({ state, speed: 1 }), phase).slow?.phase ?? null;
      return ["training", "paused"].map(seen);
    """
    assert told(code) == ["update", None]


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
      return ["lost", "connecting", "open"].map((connection) => $receive.connected(state, connection));
    """
    # the picture is that of update 8, the newest: it is followed again; a source opened anew begins with "connecting"
    forgotten = {"wanted": None, "u": None, "slow": None}
    lost, connecting = ({"connection": name} | forgotten for name in ("lost", "connecting"))
    assert told(code) == [lost, connecting, {"connection": "open"}]


def test_while_nobody_can_be_asked_only_what_is_here_is_shown_and_said():
    code = """
      const store = storeOf({ ...running(), connection: "lost" });
      const actions = $actions.createActions(store, () => false, { recipe: () => ({}), tell: () => {} });
      const seen = [];
      const look = () => seen.push([$records.recordsOf(store.get()), $records.shownUpdate(store.get()), store.get().trace.update]);
      for (const act of [() => actions.setU(2), actions.trainingBack, actions.replay]) act(), look();
      store.set({ connection: "open", replaying: false }); // its socket closes just now: the question is refused
      [() => actions.setU(2), () => take(store, traceFrame(9, "live"))].forEach((act) => (act(), look()));
      return seen;
    """  # noqa: E501  (a line of JavaScript)
    *lost, refused, again = told(code)
    assert lost == [[[8], 8, 8]] * 3
    assert refused == [[0, 2, 8], 8, 8]
    assert again == [[0, 2, 8, 9], 9, 9]


def test_another_branch_is_not_looked_at_while_nobody_can_be_asked():
    code = """
      const branches = [{ id: 0, last: 4, records: [0, 4] }, { id: 1, last: 8, records: [0, 2, 8] }];
      const store = storeOf({ ...running(statusFrame({ branch: 1, branches })), connection: "lost" });
      $actions.createActions(store, () => false, {}).lookAtBranch(0);
      return [store.get().branch, $records.shownUpdate(store.get()), store.get().trace.update];
    """
    assert told(code) == [None, 8, 8]


def test_a_rewound_run_begins_its_learning_curve_anew():
    code = """
      const drawn = ({ curve }) => Array.from(curve.update);
      const before = running(curveFrame(0, [1, 2, 8]));
      const rewound = changed(before, statusFrame({ epoch: 1, state: "idle", update: 0, records: [0] }));
      return [before, changed(before, statusFrame()), rewound, changed(rewound, curveFrame(0, [1]))].map(drawn);
    """  # the status of a new past comes before its curve, which comes from the start
    assert told(code) == [[1, 2, 8], [1, 2, 8], [], [1]]


def test_another_run_is_drawn_on_its_own_scales():
    code = """
      const limited = (memory) => {
        const { header, arrays } = traceFrame(0, "live");
        return { header: { ...header, limits: { memory } }, arrays };
      };
      const first = running(limited(9));
      const same = changed(changed(first, statusFrame({ epoch: 1 })), limited(2));
      const second = changed(changed(first, statusFrame({ run: "b" })), limited(2));
      return [same, second].map(({ limits }) => limits.memory);
    """
    assert told(code) == [9, 2]


def test_a_browser_without_storage_stays_the_same_browser():
    code = """
      globalThis.localStorage = { getItem() { throw new Error("sandboxed"); } };
      const first = $socket.ownerSecret();
      return [first === $socket.ownerSecret(), first.length];
    """
    assert told(code) == [True, 36]


def test_what_is_kept_of_a_browser_is_written_once():
    code = """
      const [kept, written] = [new Map(), []];
      globalThis.localStorage = { getItem: (name) => kept.get(name) ?? null, setItem: (name, value) => (written.push(name), kept.set(name, value)) };
      return [$socket.ownerSecret() === $socket.ownerSecret(), written];
    """  # noqa: E501  (a line of JavaScript)
    assert told(code) == [True, ["memviz.owner"]]


def test_a_lost_connection_is_said_until_it_is_open_again():
    code = """
      const [sockets, timers, states] = [[], [], []];
      Object.assign(globalThis, { location: { href: "http://here/" }, setTimeout: (act) => timers.push(act), clearTimeout: () => {} });
      globalThis.WebSocket = class { constructor() { sockets.push(this); } };
      $socket.connect({ url: () => "/ws/a", hello: () => ({}), onFrame: () => {}, onState: (state) => states.push(state) });
      for (let attempt = 0; attempt < 2; attempt++) (sockets.at(-1).onclose(), timers.at(-1)());
      sockets.at(-1).onmessage({ data: new ArrayBuffer(0) });
      return [sockets.length, states];
    """  # noqa: E501  (a line of JavaScript)
    assert told(code) == [3, ["connecting", "lost", "lost", "open"]]


def test_options_said_again_undo_nothing_that_a_person_chose():
    code = """
      const before = { unfolded: true, projector: true };
      const looks = [{}, before, { projector: false }, { unfolded: false, projector: true, theme: "dark" }];
      return looks.map((options) => $scope.lookOf({ ...before, ...options }, before));
    """
    assert told(code) == [{}, {}, {"projector": False}, {"unfolded": False}]
