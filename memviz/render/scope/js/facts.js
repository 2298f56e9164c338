// What a trace says about itself: pure functions from arrays to numbers, by kind and dims and never by a model's name.

import { rowAt } from "./reduce.js";

export const STRONG = 0.5; // a weight that decides where a head is
const cache = new WeakMap();

/** Computes a fact of a trace once. */
export function once(trace, key, compute) {
  if (!cache.has(trace)) cache.set(trace, new Map());
  const facts = cache.get(trace);
  if (!facts.has(key)) facts.set(key, compute());
  return facts.get(key);
}

/** Names of the signals of a kind and dims, in declared order. */
export function having(trace, kind, dims) {
  const wanted = dims.join();
  return once(trace, `${kind}:${wanted}`, () =>
    Object.keys(trace.signals).filter((name) => trace.signals[name].kind === kind && trace.signals[name].dims.join() === wanted),
  );
}

/** The stages of a side's address in order; the last is the weighting itself. */
export function stagesOf(trace, side) {
  return having(trace, "weighting", ["t", side, "slot"]);
}

/** The name of a side's weighting, or undefined. */
export function weightingOf(trace, side) {
  return stagesOf(trace, side).at(-1);
}

/** Whether the step's answer counts. */
export function answering(trace, t) {
  const [mask] = having(trace, "gate", ["t"]);
  return mask ? trace.arrays[mask].data[t] > 0 : false;
}

/** The heaviest entry of a row: `{ slot, value }`. */
export function heaviest(row) {
  let slot = 0;
  for (let i = 1; i < row.length; i++) if (row[i] > row[slot]) slot = i;
  return { slot, value: row[slot] };
}

/** exp(entropy): over how many slots a weighting is spread. */
export function effectiveSlots(row) {
  let total = 0;
  for (const value of row) total += value;
  if (!(total > 0)) return 0;
  let entropy = 0;
  for (const value of row) if (value > 1e-12) entropy -= (value / total) * Math.log(value / total);
  return Math.exp(entropy);
}

/** The largest weight that any head of a side puts on a slot at a step: `{ value, head }`. */
export function strongestHead(trace, side, t, slot) {
  const { values, heads } = strongest(trace, side);
  const at = t * (trace.sizes.slot ?? 0) + slot;
  return { value: values[at] ?? 0, head: heads[at] ?? 0 };
}

/** The same for all steps and slots, (T, slots) row by row: a whole table costs less than a few thousand questions. */
function strongest(trace, side) {
  return once(trace, `strongest ${side}`, () => {
    const name = weightingOf(trace, side);
    const [slots, count] = [trace.sizes.slot ?? 0, name ? (trace.sizes[side] ?? 0) : 0];
    const table = { values: new Float32Array(trace.T * slots), heads: new Uint16Array(trace.T * slots) };
    for (let t = 0; t < trace.T; t++) {
      for (let head = 0; head < count; head++) {
        const row = rowAt(trace, name, { t, [side]: head });
        for (let slot = 0, at = t * slots; slot < slots; slot++, at++) {
          if (row[slot] > table.values[at]) [table.values[at], table.heads[at]] = [row[slot], head];
        }
      }
    }
    return table;
  });
}

/** The largest weight that any head of a side ever puts on each slot. */
export function peaks(trace, side) {
  return once(trace, `peaks ${side}`, () => {
    const { values } = strongest(trace, side);
    const most = new Float32Array(trace.sizes.slot ?? 0);
    for (let t = 0; t < trace.T; t++) {
      for (let slot = 0; slot < most.length; slot++) most[slot] = Math.max(most[slot], values[t * most.length + slot]);
    }
    return most;
  });
}

/** Whether the answers of a trace are classes: every one of them is a distribution. */
export function answersClasses(trace) {
  return once(trace, "answers classes", () => {
    const [output] = having(trace, "output", ["t", "output"]);
    if (!output || trace.sizes.output < 2) return false;
    for (let t = 0; t < trace.T; t++) {
      const sum = rowAt(trace, output, { t }).reduce((total, value) => total + value, 0);
      if (!(Math.abs(sum - 1) < 1e-3)) return false;
    }
    return true;
  });
}

/** Wrong and counted answers of a step, bits or one class, or null where it does not count. */
export function verdict(trace, t) {
  const [target] = having(trace, "target", ["t", "output"]);
  const [output] = having(trace, "output", ["t", "output"]);
  if (!target || !output || !answering(trace, t)) return null;
  const [want, got] = [rowAt(trace, target, { t }), rowAt(trace, output, { t })];
  if (answersClasses(trace)) return { wrong: want[heaviest(got).slot] >= 0.5 ? 0 : 1, total: 1, classes: true };
  let wrong = 0;
  for (let i = 0; i < want.length; i++) if (want[i] >= 0.5 !== got[i] >= 0.5) wrong++;
  return { wrong, total: want.length };
}

/** Where a head's shift distribution moves most of the weight, in slots, or null without one. */
export function shiftOf(trace, side, t, head) {
  const [name] = having(trace, "distribution", ["t", side, "shift"]);
  if (!name) return null;
  const row = rowAt(trace, name, { t, [side]: head });
  const { slot, value } = heaviest(row);
  return { offset: slot - (row.length - 1) / 2, value };
}

/** Slots by the step at which they are first written above a twentieth; never written: -1. */
export function firstWrites(trace) {
  return once(trace, "first writes", () => {
    const first = new Int32Array(trace.sizes.slot ?? 0).fill(-1);
    const { values } = strongest(trace, "write");
    for (let t = trace.T - 1; t >= 0; t--) {
      for (let slot = 0; slot < first.length; slot++) if (values[t * first.length + slot] > 0.05) first[slot] = t;
    }
    return first;
  });
}

/** In what order slots can be shown, and what that is called. */
export const ORDERS = { all: "all slots", touched: "touched slots", "first write": "by first write" };

/** The slots to show, top to bottom: all, only the touched ones, or those sorted by their first write. */
export function slotOrder(trace, order) {
  return once(trace, `order ${order}`, () => {
    const all = Array.from({ length: trace.sizes.slot ?? 0 }, (_, slot) => slot);
    const first = firstWrites(trace);
    if (order === "all") return all;
    const read = peaks(trace, "read");
    const used = all.filter((slot) => first[slot] >= 0 || read[slot] > 0.25);
    const kept = used.length ? used : all;
    if (order === "touched") return kept;
    const when = (slot) => (first[slot] < 0 ? Infinity : first[slot]);
    return [...kept].sort((a, b) => when(a) - when(b) || a - b);
  });
}
