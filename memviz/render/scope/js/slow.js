// Slow motion through one update: forward over the steps, the loss, the gradient back over the steps, the new weights.

import { controlled, watched } from "./records.js";

const RATE = 1.25; // steps per step of the playback speed
const PACE = 2; // updates a second: slow enough for a run to tell the gradient norm of every block
const HOLD = { loss: 2.4, update: 3.5 }; // seconds
export const PHASES = [
  ["forward", "The episode runs forward, step by step."],
  ["loss", "Every answered bit is compared with its target."],
  ["gradient", "The blame runs backward, from the answers to the writes that caused them."],
  ["update", "Every parameter block takes one step against its gradient."],
];

/** Whether a trace carries the gradient of the loss with respect to its signals. */
export function hasGradients(trace) {
  return Object.values(trace?.signals ?? {}).some((signal) => signal.kind === "gradient");
}

/** Begins the walk; a run that we control first makes one more update with its gradients recorded (see `ask`). */
export function startSlow(store, send) {
  const still = { playing: false, replaying: false, hover: null };
  if (!controlled(store.get())) {
    store.set({ ...still, slow: begin() });
    return;
  }
  send({ do: "pause" });
  send({ do: "gradients", on: true });
  send({ do: "speed", per_second: PACE });
  store.set({ ...still, u: null, slow: { phase: "waiting", clock: 0, after: null, asked: true, speed: store.get().status.speed ?? null } });
}

/** Takes back what the walk had asked of the run: the slow pace while it waits, and the gradients if the layer needs none. */
export function settle({ slow, layer, ...state }, send) {
  if (!slow?.asked || !watched(state)) return;
  if (slow.phase === "waiting") send({ do: "speed", per_second: slow.speed });
  if (layer !== "gradient") send({ do: "gradients", on: false });
}

/** While waiting: once the run stands still at the slow pace, the update to ask it for; else null. Pure. */
export function ask(slow, status) {
  const ready = slow.phase === "waiting" && !slow.failed && slow.after === null && status?.speed === PACE && status.state !== "training";
  return ready ? status.update : null;
}

/** The patch for news that the update waited for will not be made: the walk ends before it began. Pure. */
export function failing({ slow }) {
  return slow?.phase === "waiting" ? { slow: { ...slow, failed: true } } : {};
}

function begin(asked = false) {
  return { phase: "forward", t: 0, clock: 0, asked };
}

/** The state of the walk after `seconds` more at a playback `speed`; null when it is over. Pure. */
export function walk(slow, seconds, trace, speed) {
  if (slow.failed) return null;
  if (slow.phase === "waiting") return slow.after !== null && trace.update > slow.after && hasGradients(trace) ? begin(slow.asked) : slow;
  const clock = slow.clock + seconds;
  const on = (phase, t) => ({ ...slow, phase, t, clock: 0 });
  const step = Math.floor(clock * RATE * speed);
  if (slow.phase === "forward") return step < trace.T ? { ...slow, clock, t: step } : on("loss", trace.T - 1);
  if (slow.phase === "gradient") return step < trace.T ? { ...slow, clock, t: trace.T - 1 - step } : on("update", 0);
  if (clock < HOLD[slow.phase]) return { ...slow, clock };
  if (slow.phase === "loss" && hasGradients(trace)) return on("gradient", trace.T - 1);
  return slow.phase === "loss" ? on("update", trace.T - 1) : null;
}
