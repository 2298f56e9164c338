// One clock for several scopes of a page: whoever is moved says where it went, and the others of the same clock go there.
// Only one of them ticks: who plays drives, the others are `driven`, until one of them is touched. The longest episode
// drives: a shorter one holds its last step, and says so (`beyond`: where the clock stands meanwhile).

import { recordsOf } from "./records.js";

const CHANNEL = "memviz.clock"; // of the page: CustomEvent, detail { clock, from, last, t?, u?, playing? } or { clock, from, ask: true }
const HANDS = ["t", "u", "playing"];

/** `{ name, join(name), told(), quietly(act), arrive(open), stop() }` for a scope's store and actions; `page` is where events go. */
export function createClock(store, actions, page = globalThis) {
  const me = {}; // who speaks: nobody answers itself
  let name = null;
  let quiet = 0; // within it nothing is told: what was heard, and what a frame brings, is no person's move
  let set = null; // where the clock stands as far as known here; null: nobody has moved it
  let driver = Infinity; // the last step of who plays
  let known = handsOf(store.get()); // what this scope last showed
  const last = () => (store.get().trace?.T ?? 1) - 1;
  const say = (words) => page.dispatchEvent(new CustomEvent(CHANNEL, { detail: { clock: name, from: me, last: last(), ...words } }));

  /** After every change of the store: what moved is told. */
  const told = () => {
    const now = handsOf(store.get());
    const moved = HANDS.filter((hand) => now[hand] !== known[hand]);
    known = now;
    if (!name || quiet || !moved.length) return;
    const words = Object.fromEntries(moved.map((hand) => [hand, now[hand]]));
    set = { playing: false, ...set, ...words };
    say(words);
  };
  const quietly = (act) => {
    quiet += 1;
    try {
      act();
    } finally {
      quiet -= 1;
    }
  };
  const listen = ({ detail: { clock, from, ask, last: theirs, ...words } }) => {
    if (clock !== name || from === me) return;
    if (ask) return set && say(set);
    set = { playing: false, ...set, ...words };
    if (words.playing) driver = theirs;
    if (!store.get().trace) return;
    quietly(() => follow(store, actions, words));
    if (words.playing) lead();
  };

  /** Drives in place of a shorter episode, which would start again too soon. */
  const lead = () => {
    if (driver >= last()) return;
    quietly(() => store.set({ driven: false }));
    say({ playing: true });
  };

  /** Takes part in the clock `next`, and stops taking part in any other; null or undefined: in none. */
  const join = (next) => {
    if ((next ?? null) === name) return;
    if (name) page.removeEventListener(CHANNEL, listen);
    name = next ?? null;
    if (!name) return store.set({ driven: false, beyond: null });
    set = store.get().trace ? handsOf(store.get()) : null;
    page.addEventListener(CHANNEL, listen);
    say({ ask: true });
  };

  /** The first trace is here: `open()` by itself, or where the clock stands by now. */
  const arrive = (open) => {
    if (!name || !set) return open();
    quietly(() => {
      open();
      follow(store, actions, set);
    });
    if (set.playing) lead();
  };

  /** This scope goes: if it drove the others, they rest. */
  const stop = () => {
    const { playing, driven } = store.get();
    if (name && playing && !driven) say({ playing: false });
    join(null);
  };
  return { get name() { return name; }, join, told, quietly, arrive, stop };
}

function handsOf({ t, u, playing }) {
  return { t, u, playing };
}

/** Goes where the clock says, as far as this episode lasts and this run was recorded. */
function follow(store, actions, { t, u, playing }) {
  const last = store.get().trace.T - 1;
  store.set({ ...(t === undefined ? {} : { t: Math.min(last, t), beyond: t > last ? t : null }), ...(playing === undefined ? {} : { playing, driven: playing }) });
  if (u === undefined || recordsOf(store.get()).length < 2) return;
  if (u === null) actions.follow();
  else actions.setU(u);
}
