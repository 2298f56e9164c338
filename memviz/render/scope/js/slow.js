// Slow motion through one update: forward over the steps, the loss, the gradient back over the steps, the new weights.

import { controlled } from "./records.js";

const RATE = 1.25; // steps per step of the playback speed
const PACE = 2; // updates a second that the run makes meanwhile
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

/** Begins the walk; a run that we control first makes one more update with its gradients recorded. */
export function startSlow(store, send) {
  if (controlled(store.get())) {
    send({ do: "pause" });
    send({ do: "gradients", on: true });
    send({ do: "speed", per_second: PACE }); // slow enough for the run to tell the norm of every block
    send({ do: "step", n: 1 });
    const { update, speed = null } = store.get().status;
    store.set({ playing: false, replaying: false, hover: null, u: null, slow: { phase: "waiting", clock: 0, after: update, speed } });
  } else {
    store.set({ playing: false, replaying: false, hover: null, slow: begin() });
  }
}

function begin() {
  return { phase: "forward", t: 0, clock: 0 };
}

/** The state of the walk after `seconds` more at a playback `speed`; null when it is over. Pure. */
export function walk(slow, seconds, trace, speed) {
  if (slow.phase === "waiting") return trace.update > slow.after && hasGradients(trace) ? begin() : slow;
  const clock = slow.clock + seconds;
  const step = Math.floor(clock * RATE * speed);
  if (slow.phase === "forward") return step < trace.T ? { ...slow, clock, t: step } : { phase: "loss", t: trace.T - 1, clock: 0 };
  if (slow.phase === "gradient") return step < trace.T ? { ...slow, clock, t: trace.T - 1 - step } : { phase: "update", t: 0, clock: 0 };
  if (clock < HOLD[slow.phase]) return { ...slow, clock };
  if (slow.phase === "loss" && hasGradients(trace)) return { phase: "gradient", t: trace.T - 1, clock: 0 };
  return slow.phase === "loss" ? { phase: "update", t: trace.T - 1, clock: 0 } : null;
}
