// Everything a person can do, as functions over the store; commands for the run go out through `send`.

import { ORDERS } from "./facts.js";
import { branchOf, controlled, nearest, recordsOf, shownUpdate, watched } from "./records.js";
import { hasGradients, settle, startSlow } from "./slow.js";
import { notable } from "./usage.js";
import { headsOf, MANY, parseHead, rangeOf, viewOf } from "./view.js";

const SLOT_ORDERS = Object.keys(ORDERS);
const NEAR = 32; // slots that are brought near at once

/** The actions of a scope; `send(command)` reaches the run, `host` is told what the page around may want to know. */
export function createActions(store, send, host) {
  const get = store.get;
  const set = store.set;
  const last = () => Math.max(0, (get().trace?.T ?? 1) - 1);

  const awake = () => {
    settle(get(), send);
    return { slow: null, hush: get().hush || Boolean(get().slow?.remote) };
  };
  const whole = (trace) => Boolean(trace) && (get().layer !== "gradient" || !watched(get()) || hasGradients(trace));
  const of = (branch) => (branch === null ? {} : { branch });
  const ask = (u, branch = get().branch) => send({ do: "probe", update: u, ...of(branch) }) !== false;
  const setT = (t) => set({ t: Math.min(last(), Math.max(0, t)), hover: null, playing: false, driven: false, beyond: null, ...awake() });
  const kept = () => (branchOf(get()) ?? get().status)?.records ?? [];
  const within = (u) => (whole(get().traces.get(u)) || kept().includes(u) ? u : (nearest(kept(), u) ?? u)); // live frames are no records
  const showUpdate = (wish) => {
    const u = within(wish);
    const trace = get().traces.get(u);
    const asked = !whole(trace) && ask(u);
    if (!trace && !asked) return; // it will never be here
    set({ u, ...awake(), wanted: asked && !trace ? u : null, ...(trace ? { trace, t: Math.min(get().t, trace.T - 1) } : {}) });
  };
  const lookAtBranch = (id) => {
    const { status, branch } = get();
    const last = status?.branches?.find((one) => one.id === id)?.last;
    const next = id === status?.branch ? null : id;
    if (last === undefined || next === branch || !ask(last, next)) return;
    set({ branch: next, traces: new Map(), replaying: false, u: next === null ? null : last, wanted: last, ...awake() });
  };
  const follow = () => {
    if (get().branch !== null) return showUpdate(recordsOf(get()).at(-1));
    const newest = Math.max(...get().traces.keys());
    set({ u: null, wanted: null, replaying: false, trace: get().traces.get(newest) ?? get().trace });
  };
  const stepU = (direction) => {
    const records = recordsOf(get());
    const now = shownUpdate(get());
    const next = direction > 0 ? records.find((u) => u > now) : records.findLast((u) => u < now);
    if (next !== undefined) showUpdate(next);
    return next !== undefined;
  };
  const cycleHead = (direction) => {
    if (!get().trace) return;
    const heads = [null, ...headsOf(get().trace)];
    const place = heads.indexOf(get().head);
    set({ head: heads[(Math.max(0, place) + direction + heads.length) % heads.length] });
  };
  const event = (direction) => {
    const times = get().trace ? notable(get().trace).map(({ t }) => t) : [];
    const next = direction > 0 ? times.find((t) => t > get().t) : times.findLast((t) => t < get().t);
    if (next !== undefined) setT(next);
  };
  const begin = () => {
    settle(get(), send);
    set({ trouble: null, slow: null });
    return send({ do: "start", recipe: host.recipe() });
  };
  const command = (words) => {
    set({ trouble: null });
    return controlled(get()) && send(words);
  };

  return {
    setT,
    back: () => setT(get().t - 1),
    forward: () => setT(get().t + 1),
    first: () => setT(0),
    last: () => setT(last()),
    previousEvent: () => event(-1),
    nextEvent: () => event(1),
    playPause: () => set({ playing: !get().playing, driven: false, beyond: null, hover: null, ...awake(), t: !get().playing && get().t >= last() ? 0 : get().t }),
    setSpeed: (speed) => set({ speed }),
    chooseHead: (head) => set({ head: parseHead(head) ? head : null }),
    autoHead: () => set({ head: null }),
    previousHead: () => cycleHead(-1),
    nextHead: () => cycleHead(1),
    hover: (hover) => set({ hover }),
    hoverU: (u) => set({ hoverU: u ?? null }),
    pin: (slot) => set({ pin: slot === null || slot === undefined ? null : { slot } }),
    clear: () => set({ pin: null, hover: null, help: false, trouble: null, ...awake() }),
    toggleHelp: () => set({ help: !get().help }),
    toggleLayer: () => {
      const layer = get().layer === "forward" ? "gradient" : "forward";
      set({ layer });
      if (!watched(get())) return;
      send({ do: "gradients", on: layer === "gradient" }); // also who only watches: it is a view
      if (get().u !== null && !whole(get().trace)) showUpdate(get().u);
    },
    reconnected: () => get().layer === "gradient" && send({ do: "gradients", on: true }),
    settle: () => settle(get(), send),
    toggleProjector: () => set({ projector: !get().projector }),
    toggleRoot: () => set({ root: !get().root }),
    cycleOrder: () => set({ order: SLOT_ORDERS[(SLOT_ORDERS.indexOf(get().order) + 1) % SLOT_ORDERS.length], range: null }),
    ...slotActions(get, set),
    setU: (update) => {
      const u = nearest(recordsOf(get()), update);
      if (u !== null && u !== shownUpdate(get())) showUpdate(u);
      set({ replaying: false });
    },
    trainingFirst: () => recordsOf(get()).length && showUpdate(recordsOf(get())[0]),
    trainingBack: () => stepU(-1),
    trainingForward: () => stepU(1) || (get().branch === null && command({ do: "step", n: 1 })),
    follow,
    lookAtBranch,
    replay: () => {
      const records = recordsOf(get());
      const start = !get().replaying && shownUpdate(get()) >= (records.at(-1) ?? 0);
      set({ replaying: !get().replaying });
      if (start && records.length > 1) showUpdate(records[0]);
    },
    stepU,
    start: begin,
    command,
    brake: (perSecond) => {
      set({ hush: false });
      command({ do: "speed", per_second: perSecond });
    },
    branch: () => command({ do: "branch", update: shownUpdate(get()), ...(get().branch === null ? {} : { of: get().branch }) }),
    slowMotion: () => {
      lookAtBranch(get().status?.branch);
      startSlow(store, send);
    },
    unfold: () => {
      set({ unfolded: true });
      host.tell("unfold", true);
    },
  };
}

/** Which rows of a large memory are in view. */
function slotActions(get, set) {
  const rows = () => viewOf(get(), null)?.allSlots ?? [];
  const put = (start, size) => set({ range: rangeOf({ start: Math.round(start), size: Math.round(size) }, rows().length) });
  const around = (place, size) => put(place - size / 2, size);
  return {
    centreSlots: (place) => around(place, get().range?.size ?? NEAR),
    moveSlots: (by) => put(Math.min(rows().length, Math.max(0, (get().range?.start ?? 0) + by)), get().range?.size ?? NEAR),
    zoomSlots: (factor) => {
      const { start, size } = get().range ?? { start: 0, size: rows().length };
      if (size * factor < 8) return;
      around(start + size / 2, size * factor);
    },
    toggleNear: () => {
      if (!get().trace || get().range || rows().length <= MANY) return set({ range: null });
      const { slot, allSlots } = viewOf(get(), null);
      around(Math.max(0, allSlots.indexOf(slot)), NEAR);
    },
  };
}
