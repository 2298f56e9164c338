// One plain state object, replaced on every change, and one animation frame that draws whatever changed.

/** A store: `get()`, `set(patch)`; `changed` is called after every patch that changes something. */
export function createStore(initial, changed) {
  let state = initial;
  return {
    get: () => state,
    set(patch) {
      if (Object.keys(patch).every((key) => Object.is(state[key], patch[key]))) return;
      state = { ...state, ...patch };
      changed(state);
    },
  };
}

/**
 * A loop that draws at most once per animation frame, and only after `request()`.
 * `tick(seconds)` runs first; while it returns true the loop keeps itself going.
 */
export function createLoop(tick, draw) {
  let handle = 0;
  let last = 0;
  const frame = (now) => {
    handle = 0;
    const running = tick(last ? Math.min(0.25, (now - last) / 1000) : 0);
    draw();
    last = running ? now : 0;
    if (running) request();
  };
  const request = () => {
    if (!handle) handle = requestAnimationFrame(frame);
  };
  return { request, stop: () => cancelAnimationFrame(handle) };
}

/** What a scope starts with. */
export const INITIAL = {
  trace: null, // the episode shown
  traces: new Map(), // update -> trace, of this run
  limits: { memory: 0, signed: {}, positive: {} }, // the run's fixed scales
  u: null, // the update a person chose; null follows the newest
  wanted: null, // an update asked from the server and not here yet
  t: 0,
  head: null, // "read.0"; null: the head that matters at t
  pin: null, // { slot }
  hover: null, // { t, slot, word, unit, signal, head }
  playing: false,
  speed: 4, // steps a second
  replaying: false,
  layer: "forward", // or "gradient"
  root: false,
  order: "all", // "all" | "touched" | "first write"
  slow: null, // { phase, t, clock } while one update is walked through; `remote`: the run itself walks
  hush: false, // a person left the run's own slow motion
  blocks: null, // [[name, gradient norm], ...] of the last update told
  loss: null,
  status: null,
  curve: { update: [], bits: [], wrong: [], norm: [] },
  connection: "none", // "none" | "connecting" | "open" | "lost"
  pending: false, // a first episode is on its way
  trouble: null, // { message, remedy }
  help: false,
  unfolded: true,
  theme: "light",
  projector: false,
  width: 0,
};
