// What a frame changes: pure functions from (state, frame) to a patch of the state.

import { traceOf } from "./decode.js";
import { moving, remember } from "./records.js";
import { failing } from "./slow.js";
import { columnsOf, NO_CURVE, NO_LIMITS } from "./store.js";

const SLOW = 2; // updates a second up to which a run tells the phases of every update

const BROKEN = ["diverged", "interrupted"]; // states in which what a run was told to do does not come any more

const PATCHES = { trace: receiveTrace, status: receiveStatus, curve: receiveCurve, phase: receivePhase, error: receiveError };

/** The patch for a frame; unknown types change nothing, so that an older page survives a newer server. */
export function receive(state, frame) {
  return PATCHES[frame.header.type]?.(state, frame) ?? {};
}

function receiveTrace(state, frame) {
  const trace = traceOf(frame);
  if (trace.branch !== state.branch) return {}; // the run goes on, or answers, in another branch than the one looked at
  if (trace.source === "slow") return state.u === null ? { trace, t: Math.min(state.t, trace.T - 1) } : {}; // an episode of the training: no record
  if (trace.source === "recorded" && state.trace && state.trace.source !== "recorded") return {}; // it came too late
  const earlier = sameRun(state, trace) ? state : { traces: new Map(), limits: NO_LIMITS, u: null, wanted: null };
  const rewound = trace.source === "live" && [...earlier.traces.keys()].some((update) => update > trace.update);
  const kept = rewound ? new Map([...earlier.traces].filter(([update]) => update <= trace.update && trace.update > 0)) : earlier.traces;
  const pinned = new Set([trace.update, state.trace?.update, ...(state.status?.records ?? [])]);
  const patch = { traces: remember(kept, trace, pinned), limits: grown(earlier.limits, trace.limits), u: rewound ? null : earlier.u, wanted: earlier.wanted };
  const wanted = trace.update === patch.wanted;
  const newest = trace.update >= Math.max(...patch.traces.keys());
  const shown = wanted || (patch.u === null ? newest || trace.source === "live" : patch.u === trace.update);
  if (wanted) patch.wanted = null;
  if (shown) Object.assign(patch, { trace, t: Math.min(state.t, trace.T - 1) });
  return patch;
}

/** A recorded episode and a live run do not share their scrubber. */
function sameRun(state, trace) {
  return !state.trace || (state.trace.source === "recorded") === (trace.source === "recorded");
}

function grown(run, limits) {
  const larger = (a = {}, b = {}) => {
    const names = new Set([...Object.keys(a), ...Object.keys(b)]);
    return Object.fromEntries([...names].map((name) => [name, Math.max(a[name] ?? 0, b[name] ?? 0)]));
  };
  const next = { memory: Math.max(run.memory, limits?.memory ?? 0), signed: larger(run.signed, limits?.signed), positive: larger(run.positive, limits?.positive) };
  return JSON.stringify(next) === JSON.stringify(run) ? run : next;
}

function receiveStatus(state, { header }) {
  const blank = { traces: new Map(), u: null, wanted: null };
  const other = state.status?.run && header.run && header.run !== state.status.run;
  const rewritten = state.status?.run && header.run === state.status.run && header.epoch !== state.status.epoch;
  const first = state.connection !== "none" && header.run && !state.status?.run && state.trace?.source === "recorded"; // what is on show is no record of this run
  const fresh = other ? { ...blank, curve: NO_CURVE, limits: NO_LIMITS, slow: null } : rewritten ? { ...blank, curve: NO_CURVE, ...failing(state) } : first ? { traces: new Map() } : {};
  const left = state.branch !== null && (other || rewritten || !header.branches?.some(({ id }) => id === state.branch)) ? { ...blank, branch: null } : {};
  const walking = header.state === "training" && header.speed !== null && header.speed <= SLOW;
  const moved = header.run !== state.status?.run || header.state !== state.status?.state; // what was wrong may be over
  const over = state.slow?.remote && !walking ? { slow: null } : moved && BROKEN.includes(header.state) ? failing(state) : {};
  return { ...over, ...fresh, ...left, status: header, trouble: moved ? null : state.trouble };
}

function receiveCurve(state, { header, arrays }) {
  const fresh = columnsOf((name) => Float64Array.from(arrays[name]?.data ?? []));
  const other = header.branch ?? null; // of a branch that is looked at; it comes whole
  if (other !== null) return { branchCurve: { ...fresh, of: other } };
  return { curve: header.from === 0 ? fresh : joined(state.curve, fresh) };
}

/** A curve and more points. Those of an update that it has already, or of earlier ones, replace its end. Pure. */
export function joined(curve, points) {
  const first = points.update[0] ?? Infinity;
  const kept = curve.update.findLastIndex((update) => update < first) + 1;
  return columnsOf((name) => {
    const whole = new Float64Array(kept + points[name].length);
    whole.set(curve[name].subarray(0, kept));
    whole.set(points[name], kept);
    return whole;
  });
}

function receivePhase(state, { header }) {
  const known = { blocks: header.blocks?.length ? header.blocks : state.blocks, loss: header.loss ?? state.loss };
  const own = state.slow && !state.slow.remote; // a walk of this page's own goes on undisturbed
  if (own || state.hush || !state.trace || !moving(state.status)) return known; // of a run at rest it is long over
  const last = state.trace.T - 1;
  const t = header.phase === "forward" ? Math.min(header.t ?? 0, last) : last;
  return { ...known, slow: { phase: header.phase, t, remote: true } };
}

function receiveError(state, { header }) {
  return { trouble: { message: header.message, remedy: header.remedy }, ...unasked(state), ...failing(state) }; // nothing more will come
}

/** The patch for a change of the connection: what was asked of a server that is gone does not come. */
export function connected(state, connection) {
  if (connection === "open") return { connection };
  return { connection, ...unasked(state), ...(state.slow?.phase === "waiting" ? { slow: null } : {}) };
}

/** Waits no more for an update: the scrubber goes back to what is on show. */
function unasked({ wanted, u, trace, traces }) {
  if (wanted === null) return { wanted };
  const shown = trace?.update ?? null;
  return { wanted: null, u: shown === Math.max(...traces.keys()) ? null : shown };
}
