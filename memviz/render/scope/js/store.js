// One plain state object, replaced on every change, and one animation frame that draws whatever changed.

/** A store: `get()`, `set(patch)`; `changed(patch, before)` is called after every patch that changes something. */
export function createStore(initial, changed) {
  let state = initial;
  return {
    get: () => state,
    set(patch) {
      if (Object.keys(patch).every((key) => Object.is(state[key], patch[key]))) return;
      const before = state;
      state = { ...before, ...patch };
      changed(patch, before);
    },
  };
}

const EVERY_FRAME = 1 / 40; // seconds; whatever is due sooner is drawn with the animation frames

/**
 * A loop that draws at most once per animation frame, and only when something asked for it.
 * `request()` draws in the next frame, `later(seconds)` by then. `tick(seconds)` runs first and returns in how many
 * seconds it is due again, Infinity for never: nothing runs in between, so that a playing scope leaves the processor alone.
 */
export function createLoop(tick, draw) {
  let handle = 0;
  let timer = 0;
  let due = Infinity;
  let last = 0;
  let ticking = false;
  const frame = (now) => {
    handle = 0;
    clearTimeout(timer);
    due = Infinity;
    ticking = true; // what the clocks change is drawn in this very frame
    const next = tick(last ? Math.min(1, (now - last) / 1000) : 0);
    ticking = false;
    draw();
    last = next < Infinity ? now : 0;
    later(next);
  };
  const request = () => {
    if (!handle && !ticking) handle = requestAnimationFrame(frame);
  };
  const later = (seconds) => {
    const at = performance.now() + 1000 * seconds;
    if (seconds <= EVERY_FRAME) request();
    else if (at < due && seconds < Infinity) {
      clearTimeout(timer);
      due = at;
      timer = setTimeout(request, 1000 * seconds);
    }
  };
  const stop = () => {
    cancelAnimationFrame(handle);
    clearTimeout(timer);
  };
  return { request, later, stop };
}

/** A curve: what `make` gives for each of its columns. */
export function columnsOf(make) {
  return Object.fromEntries(["update", "bits", "wrong", "norm"].map((name) => [name, make(name)]));
}

/** A curve without points. */
export const NO_CURVE = columnsOf(() => new Float64Array(0));

/** The scales of a run that has shown nothing yet. */
export const NO_LIMITS = { memory: 0, signed: {}, positive: {} };

/** What a scope starts with. */
export const INITIAL = {
  trace: null, // the episode shown
  traces: new Map(), // update -> trace, of this run
  limits: NO_LIMITS, // the run's fixed scales
  branch: null, // the id of a branch that is looked at; null: the run's present one
  u: null, // the update a person chose; null follows the newest
  wanted: null, // an update asked from the server and not here yet
  t: 0,
  head: null, // "read.0"; null: the head that matters at t
  pin: null, // { slot }
  hover: null, // { t, slot, word, unit, signal, head }
  hoverU: null, // the update under the pointer in a learning curve
  playing: false,
  beyond: null, // the step of a longer episode's clock, while this one holds its last
  driven: false, // another scope's clock moves this one
  speed: 4, // steps a second
  replaying: false,
  layer: "forward", // or "gradient"
  root: false,
  order: "all", // "all" | "touched" | "first write"
  range: null, // { start, size }: the rows brought near in a large memory; null: all
  slow: null, // { phase, t, clock } while one update is walked through; `remote`: the run itself walks
  hush: false, // a person left the run's own slow motion
  blocks: null, // [[name, gradient norm], ...] of the last update told
  loss: null,
  status: null,
  curve: NO_CURVE,
  branchCurve: NO_CURVE, // the last one told of another branch, with its id as `of`
  connection: "none", // "none" | "connecting" | "open" | "lost"
  pending: false, // a first episode is on its way
  trains: null, // what Train would start, where the recorded episode is of another task
  empty: null, // { text, remedy }: what to say where none is
  trouble: null, // { message, remedy }
  help: false,
  unfolded: true,
  theme: "light",
  projector: false,
  width: 0,
};
