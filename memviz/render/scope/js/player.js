// The clocks: they move t and u by time, say when they are due again, and stop themselves.

import { ask, walk } from "./slow.js";

const REST = 1.4; // seconds on the last step before the episode starts again
const REPLAY = 3; // recorded updates a second at speed 4
const WALK = 0.1; // seconds between two looks at the slow motion's clock

/** `tick(seconds)` advances whatever plays and returns in how many seconds it wants to be called again. */
export function createPlayer(store, actions) {
  let episode = 0;
  let training = 0;

  const playEpisode = (seconds) => {
    const { t, trace, speed } = store.get();
    const wait = (at) => (at >= trace.T - 1 ? Math.max(REST, 1 / speed) : 1 / speed);
    episode += seconds;
    if (episode < wait(t) - 0.005) return wait(t) - episode;
    episode = 0;
    const next = t >= trace.T - 1 ? 0 : t + 1;
    store.set({ t: next });
    return wait(next);
  };

  const playTraining = (seconds) => {
    const { wanted, speed } = store.get();
    const wait = 4 / (REPLAY * speed);
    training += seconds;
    if (wanted !== null || training < wait - 0.005) return wanted === null ? wait - training : wait;
    training = 0;
    if (!actions.stepU(1)) store.set({ replaying: false });
    return wait;
  };

  const walkOn = (slow, seconds, trace) => {
    const after = ask(slow, store.get().status);
    if (after !== null) actions.command({ do: "step", n: 1 });
    const next = after === null ? walk(slow, seconds, trace, store.get().speed) : { ...slow, after };
    if (slow.phase === "waiting" && next?.phase === "forward") actions.command({ do: "speed", per_second: slow.speed });
    if (!next) actions.settle();
    store.set({ slow: next });
    return next ? WALK : Infinity;
  };

  return (seconds) => {
    const { playing, driven, replaying, slow, trace, hover } = store.get();
    if (!trace) return Infinity;
    const walking = slow && !slow.remote ? walkOn(slow, seconds, trace) : Infinity;
    const stepping = playing && !driven && !slow && !hover ? playEpisode(seconds) : Infinity;
    const replay = replaying ? playTraining(seconds) : Infinity;
    return Math.min(walking, stepping, replay);
  };
}
