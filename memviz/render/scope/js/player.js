// The clocks: they move t and u by time, once per animation frame, and stop themselves.

import { walk } from "./slow.js";

const REST = 1.4; // seconds on the last step before the episode starts again
const REPLAY = 3; // recorded updates a second at speed 4

/** `tick(seconds)` advances whatever plays and says whether anything still does. */
export function createPlayer(store, actions) {
  let episode = 0;
  let training = 0;
  const playEpisode = (seconds) => {
    const { t, trace, speed } = store.get();
    episode += seconds;
    const wait = t >= trace.T - 1 ? Math.max(REST, 1 / speed) : 1 / speed;
    if (episode < wait) return;
    episode = 0;
    store.set({ t: t >= trace.T - 1 ? 0 : t + 1 });
  };
  const playTraining = (seconds) => {
    const { wanted, speed } = store.get();
    training += seconds;
    if (wanted !== null || training < 4 / (REPLAY * speed)) return;
    training = 0;
    if (!actions.stepU(1)) store.set({ replaying: false });
  };
  const walkOn = (slow, seconds, trace) => {
    const next = walk(slow, seconds, trace, store.get().speed);
    if (slow.phase === "waiting" && next?.phase === "forward") actions.command({ do: "speed", per_second: slow.speed });
    store.set({ slow: next });
  };
  return (seconds) => {
    const { playing, replaying, slow, trace } = store.get();
    if (!trace) return false;
    if (slow && !slow.remote) walkOn(slow, seconds, trace);
    if (playing && !slow && !store.get().hover) playEpisode(seconds);
    if (replaying) playTraining(seconds);
    const now = store.get();
    return Boolean(now.playing || now.replaying || (now.slow && !now.slow.remote));
  };
}
