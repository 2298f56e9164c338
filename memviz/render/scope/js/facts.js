// What a trace says about itself: pure functions from arrays to numbers, by kind and dims and never by a model's name.

import { rowAt, valueAt } from "./reduce.js";

const STRONG = 0.5; // a weight that decides where a head is
const cache = new WeakMap();

/** Computes a fact of a trace once. */
function once(trace, key, compute) {
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
  const name = weightingOf(trace, side);
  const found = { value: 0, head: 0 };
  for (let head = 0; head < (trace.sizes[side] ?? 0); head++) {
    const value = valueAt(trace, name, { t, [side]: head, slot });
    if (value > found.value) Object.assign(found, { value, head });
  }
  return found;
}

/** The write before step t that a slot still holds most of: `{ t, head, value }`, or null when nothing much was written. */
export function writerOf(trace, slot, before) {
  if (!weightingOf(trace, "write")) return null;
  let kept = 1;
  let best = null;
  for (let t = before - 1; t >= 0; t--) {
    const { value, head } = strongestHead(trace, "write", t, slot);
    if (value * kept > (best?.share ?? 0.1)) best = { t, head, value, share: value * kept };
    kept *= 1 - Math.min(1, value);
  }
  return best;
}

/** The first step after t at which a slot is strongly read before it is strongly written again, or null. */
export function readerOf(trace, slot, after) {
  if (!weightingOf(trace, "read")) return null;
  for (let t = after + 1; t < trace.T; t++) {
    const read = strongestHead(trace, "read", t, slot);
    if (read.value >= STRONG && answering(trace, t)) return { t, ...read };
    if (weightingOf(trace, "write") && strongestHead(trace, "write", t, slot).value >= STRONG) return null;
  }
  return null;
}

/** Wrong and counted bits of a step's answer, or null where it does not count. */
export function verdict(trace, t) {
  const [target] = having(trace, "target", ["t", "output"]);
  const [output] = having(trace, "output", ["t", "output"]);
  if (!target || !output || !answering(trace, t)) return null;
  const [want, got] = [rowAt(trace, target, { t }), rowAt(trace, output, { t })];
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
    const slots = trace.sizes.slot ?? 0;
    const first = new Int32Array(slots).fill(-1);
    if (!weightingOf(trace, "write")) return first;
    for (let slot = 0; slot < slots; slot++) {
      for (let t = 0; t < trace.T && first[slot] < 0; t++) {
        if (strongestHead(trace, "write", t, slot).value > 0.05) first[slot] = t;
      }
    }
    return first;
  });
}

/** The slots to show, top to bottom: all, only the touched ones, or those sorted by their first write. */
export function slotOrder(trace, order) {
  return once(trace, `order ${order}`, () => {
    const all = Array.from({ length: trace.sizes.slot ?? 0 }, (_, slot) => slot);
    const first = firstWrites(trace);
    if (order === "all") return all;
    const touched = all.filter((slot) => first[slot] >= 0 || readEver(trace, slot));
    const kept = touched.length ? touched : all;
    if (order === "touched") return kept;
    const when = (slot) => (first[slot] < 0 ? Infinity : first[slot]);
    return [...kept].sort((a, b) => when(a) - when(b) || a - b);
  });
}

function readEver(trace, slot) {
  for (let t = 0; t < trace.T; t++) {
    if (weightingOf(trace, "read") && strongestHead(trace, "read", t, slot).value > 0.25) return true;
  }
  return false;
}

/** What the memory was used for, in counts; null without a memory. */
export function usageOf(trace) {
  return once(trace, "usage", () => {
    if (!weightingOf(trace, "read") || !weightingOf(trace, "write")) return null;
    const facts = { answers: 0, sharp: 0, traced: 0, wrong: 0, bits: 0, overwritten: 0, untouched: 0 };
    const sources = new Set();
    for (let t = 0; t < trace.T; t++) {
      const score = verdict(trace, t);
      if (!score) continue;
      facts.answers++;
      facts.wrong += score.wrong;
      facts.bits += score.total;
      const read = sharpestRead(trace, t);
      if (read.value < STRONG) continue;
      facts.sharp++;
      const source = writerOf(trace, read.slot, t);
      if (source && source.share >= STRONG) sources.add(source.t);
    }
    facts.traced = sources.size;
    facts.overwritten = overwrites(trace);
    facts.untouched = firstWrites(trace).filter((t) => t < 0).length;
    return facts;
  });
}

function sharpestRead(trace, t) {
  const name = weightingOf(trace, "read");
  let best = { slot: 0, value: 0 };
  for (let head = 0; head < trace.sizes.read; head++) {
    const found = heaviest(rowAt(trace, name, { t, read: head }));
    if (found.value > best.value) best = found;
  }
  return best;
}

/** Words heard (a step with input, strongly written) whose slot is strongly written again before it is read. */
function overwrites(trace) {
  const name = weightingOf(trace, "write");
  let lost = 0;
  for (let t = 0; t < trace.T; t++) {
    if (!listening(trace, t)) continue;
    for (let head = 0; head < trace.sizes.write; head++) {
      const { slot, value } = heaviest(rowAt(trace, name, { t, write: head }));
      if (value < STRONG || readerOf(trace, slot, t)) continue;
      for (let later = t + 1; later < trace.T; later++) {
        if (listening(trace, later) && strongestHead(trace, "write", later, slot).value >= STRONG) {
          lost++;
          break;
        }
      }
    }
  }
  return lost;
}

function listening(trace, t) {
  const [input] = having(trace, "input", ["t", "input"]);
  return input ? !answering(trace, t) && rowAt(trace, input, { t }).some((value) => value !== 0) : false;
}
