// Where a person is: opening at the place of the address or the options, keeping the address up to date, being pointed somewhere.

import { keepHash, parseHash } from "./hash.js";
import { nearest, recordsOf, shownUpdate } from "./records.js";
import { calm } from "./theme.js";

/** `{ arrive, restore, point, watch }` for a scope's store and actions; `options` as mountScope takes them. */
export function createPlace(store, actions, options) {
  let wanted = opening(options);

  /** The first trace is here: go where the address says, or play. */
  const arrive = () => {
    const { t, head } = wanted;
    const playing = t === undefined && (options.autoplay ?? true) && !calm();
    const last = store.get().trace.T - 1;
    store.set({ playing, ...(head ? { head } : {}), ...(t === undefined ? {} : { t: Math.min(t, last) }) });
  };

  /** Goes to the wanted update once the run's records are known; a run in training has moved on. */
  const restore = () => {
    const state = store.get();
    if (state.status?.state === "training") wanted.u = undefined;
    const records = recordsOf(state);
    if (wanted.u === undefined || !state.trace || nearest(records, wanted.u) !== wanted.u) return;
    if (wanted.u !== shownUpdate(state) && wanted.u !== records.at(-1)) actions.setU(wanted.u);
    wanted.u = undefined;
  };

  /** Shows `{ u, t, head, slot, layer, order, playing }`, whatever is given; before the first trace it waits for it. */
  const point = ({ u, t, head, slot, layer, order, playing }) => {
    wanted = { u: u ?? wanted.u, t: t ?? wanted.t, head: head ?? wanted.head };
    const patch = { head, layer, order, playing, pin: slot === undefined ? undefined : slot === null ? null : { slot } };
    if (store.get().trace && t !== undefined) actions.setT(t);
    store.set(Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined)));
  };

  /** Keeps the address and listens to it; returns how to stop. */
  const watch = () => {
    if (options.hash === false) return () => {};
    const keeper = keepHash(() => placeOf(store.get()));
    const moved = () => {
      wanted = opening({ hash: options.hash });
      if (store.get().trace && wanted.t !== undefined) arrive();
    };
    addEventListener("hashchange", moved);
    return () => {
      keeper.stop();
      removeEventListener("hashchange", moved);
    };
  };
  return { arrive, restore, point, watch };
}

/** Where to open: the address wins over the options. */
function opening({ hash, u, t, head }) {
  const address = hash === false ? {} : parseHash(location.hash);
  return { u: address.u ?? u, t: address.t ?? t, head: address.head ?? head };
}

/** What the address says of a state: no step while it plays, no update while it trains. */
function placeOf(state) {
  const { trace, t, head, playing, status } = state;
  if (!trace) return null;
  return { u: status?.state === "training" ? null : shownUpdate(state), t: playing ? null : t, head };
}
