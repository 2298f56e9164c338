// What is on show: the state seen through the pointer, the pin and the chosen head. Derived, never stored.

import { answering, heaviest, once, slotOrder, weightingOf } from "./facts.js";
import { branchOf } from "./records.js";
import { rowAt } from "./reduce.js";
import { NO_CURVE } from "./store.js";

const SIDES = ["write", "read"];
export const MANY = 64; // slots above which a part of them can be brought near

/** "read.1" -> `{ side: "read", head: 1 }`, or null. */
export function parseHead(text) {
  const match = /^(read|write)\.(\d+)$/.exec(text ?? "");
  return match ? { side: match[1], head: Number(match[2]) } : null;
}

/** The heads of a trace in reading order: write.0, write.1, ..., read.0, ... */
export function headsOf(trace) {
  return SIDES.flatMap((side) => (weightingOf(trace, side) ? Array.from({ length: trace.sizes[side] ?? 0 }, (_, k) => `${side}.${k}`) : []));
}

/** Everything that the components need to draw themselves; null while there is no trace. */
export function viewOf(state, ink) {
  const { trace } = state;
  if (!trace) return null;
  const hover = state.hover && state.hover.trace === trace ? state.hover : null;
  const last = Math.max(0, trace.T - 1);
  const t = Math.min(last, Math.max(0, state.slow?.t ?? hover?.t ?? state.t));
  const chosen = headsOf(trace).includes(state.head) ? parseHead(state.head) : null;
  const side = sideAt(trace, t, chosen, hover);
  const headOf = (of) => (chosen?.side === of ? chosen.head : loudest(trace, of, t));
  const slot = hover?.slot ?? state.pin?.slot ?? slotAt(trace, side, t, headOf(side));
  const allSlots = slotOrder(trace, state.order);
  const range = rangeOf(state.range, allSlots.length);
  const slots = range ? once(trace, `slots ${state.order} ${range.start} ${range.size}`, () => allSlots.slice(range.start, range.start + range.size)) : allSlots;
  const zoom = state.projector ? 1.5 : 1;
  const layer = state.slow?.phase === "gradient" ? "gradient" : state.layer;
  const past = branchOf(state) !== null;
  const curve = !past ? state.curve : state.branchCurve.of === state.branch ? state.branchCurve : NO_CURVE;
  const solvedAt = past ? null : (state.status?.solved_at ?? null);
  return { ...state, curve, solvedAt, layer, hover, t, T: trace.T, chosen, side, headOf, head: headOf(side), slot, slots, allSlots, range, zoom, ink };
}

/** The rows `{ start, size }` in view of `n`, as asked for; null: all of them. Pure. */
export function rangeOf(range, n) {
  if (!range || n <= MANY || range.size >= n) return null;
  return { start: Math.min(n - range.size, Math.max(0, range.start)), size: range.size };
}

function sideAt(trace, t, chosen, hover) {
  const asked = hover && SIDES.includes(hover.unit?.side) && hover.unit.place !== "strip" ? hover.unit.side : chosen?.side;
  const side = asked ?? (answering(trace, t) ? "read" : "write");
  return weightingOf(trace, side) ? side : (SIDES.find((other) => weightingOf(trace, other)) ?? side);
}

/** The head of a side with the sharpest weighting at t. */
function loudest(trace, side, t) {
  const name = weightingOf(trace, side);
  if (!name || trace.sizes[side] < 2) return 0;
  const peaks = Array.from({ length: trace.sizes[side] }, (_, head) => heaviest(rowAt(trace, name, { t, [side]: head })).value);
  return peaks.indexOf(Math.max(...peaks));
}

function slotAt(trace, side, t, head) {
  const name = weightingOf(trace, side);
  return name ? heaviest(rowAt(trace, name, { t, [side]: head })).slot : null;
}
