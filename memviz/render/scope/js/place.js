// Where a person is: opening at the place of the address or the options, keeping the address up to date, being pointed somewhere.

import { keepHash, parseHash } from "./hash.js";
import { branchOf, moving, nearest, recordsOf, shownUpdate } from "./records.js";
import { calm } from "./theme.js";

/** `{ arrive, restore, pending, point, watch }` for a scope's store and actions; `options` as mountScope takes them. */
export function createPlace(store, actions, options) {
  let wanted = opening(options);
  let chosen = null; // the update that a person had chosen when this one was wanted: another one wins

  /** The first trace is here: go where the address says, or play. */
  const arrive = () => {
    const { t, head } = wanted;
    const playing = t === undefined && (options.autoplay ?? true) && !calm();
    const last = store.get().trace.T - 1;
    store.set({ playing, ...(head ? { head } : {}), ...(t === undefined ? {} : { t: Math.min(t, last) }) });
  };

  /** Goes to the wanted update once it is recorded, and stays there; a person who goes elsewhere is not called back. */
  const restore = () => {
    const state = store.get();
    if (wanted.u === undefined) return;
    if (state.u !== chosen) return forget();
    const u = recordFor(wanted.u, state);
    if (u === null) return;
    if (u === shownUpdate(state) && (moving(state.status) || u !== recordsOf(state).at(-1))) store.set({ u });
    else actions.setU(u);
    forget();
  };
  const forget = () => (wanted.u = undefined);
  const pending = () => wanted.u;

  /** Shows `{ u, t, head, slot, layer, order, playing }`, whatever is given; before the first trace it waits for it. */
  const point = ({ u, t, head, slot, layer, order, playing }) => {
    wanted = { u: u ?? wanted.u, t: t ?? wanted.t, head: head ?? wanted.head };
    chosen = store.get().u;
    const patch = { head, layer, order, playing, pin: slot === undefined ? undefined : slot === null ? null : { slot } };
    if (store.get().trace && t !== undefined) actions.setT(t);
    store.set(Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined)));
  };

  /** Keeps the address and listens to it; returns how to stop. */
  const watch = () => {
    if (options.hash === false) return () => {};
    const keeper = keepHash(() => placeOf(store.get(), pending()));
    const moved = () => {
      wanted = opening({ hash: options.hash });
      chosen = store.get().u;
      if (store.get().trace && wanted.t !== undefined) arrive();
      restore();
    };
    addEventListener("hashchange", moved);
    return () => {
      keeper.stop();
      removeEventListener("hashchange", moved);
    };
  };
  return { arrive, restore, pending, point, watch };
}

/** Where to open: the address wins over the options. */
function opening({ hash, u, t, head }) {
  const address = hash === false ? {} : parseHash(location.hash);
  return { u: address.u ?? u, t: address.t ?? t, head: address.head ?? head };
}

/**
 * The record to show for an update that a link asks for: itself, or its nearest where the run rests beyond it.
 * Null while it may still be recorded. Pure.
 */
export function recordFor(u, state) {
  const { connection, trace, status } = state;
  if (!trace) return null;
  if (connection === "none") return recordsOf(state).includes(u) ? u : null;
  if (!status?.run || trace.source === "recorded") return null; // the run of a recipe is not there yet
  if (status.records.includes(u)) return u;
  return moving(status) || status.update < u ? null : nearest(status.records, u);
}

/** What the address says of a state: no step while it plays, no update while a run is merely followed. Pure. */
export function placeOf(state, pending) {
  const { trace, t, head, playing, status, connection } = state;
  if (!trace) return null;
  const settled = connection === "none" || (status?.run && !moving(status));
  const shown = branchOf(state) ? null : settled ? shownUpdate(state) : state.u; // the address knows the present branch only
  return { u: pending ?? shown, t: playing ? null : t, head };
}
