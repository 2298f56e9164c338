// Which write a read comes from: exact accounting over the recorded weightings, erases and adds, by kind and dims only.

import { answering, having, heaviest, once, STRONG, strongestHead, weightingOf } from "./facts.js";
import { rowAt, valueAt } from "./reduce.js";

const TOLERANCE = 1e-3;
const LEAST_WEIGHT = 0.1; // of a write that is named
const LEAST_SHARE = 0.25; // of a slot's content that a named write accounts for

/** What a write equation needs, when the arrays obey it: `{ memory, weighting, erase, add }`, or null. */
export function writeSignals(trace) {
  return once(trace, "write signals", () => {
    const [memory] = having(trace, "memory", ["t", "slot", "word"]);
    const [erase] = having(trace, "gate", ["t", "write", "word"]);
    const weighting = weightingOf(trace, "write");
    if (!memory || !erase || !weighting) return null;
    const candidates = having(trace, "vector", ["t", "write", "word"]).map((add) => ({ memory, weighting, erase, add }));
    const errors = candidates.map((signals) => writeError(trace, signals));
    const least = Math.min(Infinity, ...errors);
    return least <= TOLERANCE ? candidates[errors.indexOf(least)] : null;
  });
}

/** The largest error of M = before * product over heads of (1 - w e) + sum over heads of w a, in the slot written most. */
function writeError(trace, signals) {
  let worst = 0;
  for (let t = 1; t < trace.T; t++) {
    const { slot } = heaviest(rowAt(trace, signals.weighting, { t, write: 0 }));
    const [before, after] = [rowAt(trace, signals.memory, { t: t - 1, slot }), rowAt(trace, signals.memory, { t, slot })];
    const { kept, added } = written(trace, signals, t, slot);
    for (let word = 0; word < after.length; word++) {
      const error = Math.abs(before[word] * kept[word] + added[word] - after[word]) / Math.max(1, Math.abs(after[word]));
      if (Number.isNaN(error)) return Infinity;
      worst = Math.max(worst, error);
    }
  }
  return worst;
}

/** What one step does to a slot, per word: the share `kept` of what was there, and what is `added`. */
function written(trace, { weighting, erase, add }, t, slot) {
  const kept = new Float64Array(trace.sizes.word).fill(1);
  const added = new Float64Array(trace.sizes.word);
  for (let write = 0; write < trace.sizes.write; write++) {
    const w = valueAt(trace, weighting, { t, write, slot });
    const [e, a] = [rowAt(trace, erase, { t, write }), rowAt(trace, add, { t, write })];
    for (let word = 0; word < kept.length; word++) {
      kept[word] *= 1 - w * e[word];
      added[word] += w * a[word];
    }
  }
  return { kept, added };
}

/** Whether a read sees the step's own write (w M_t) rather than the memory before it (w M_t-1), as the arrays say. */
export function readsAfterWrite(trace) {
  return once(trace, "reads after write", () => {
    const errors = having(trace, "vector", ["t", "read", "word"]).flatMap((name) => [
      [readError(trace, name, -1), false],
      [readError(trace, name, 0), true],
    ]);
    return errors.length > 0 && errors.reduce((best, next) => (next[0] < best[0] ? next : best))[1];
  });
}

function readError(trace, name, shift) {
  const [memory] = having(trace, "memory", ["t", "slot", "word"]);
  const weighting = weightingOf(trace, "read");
  if (!memory || !weighting) return Infinity;
  let error = 0;
  for (let t = 1; t < trace.T; t++) {
    const [vector, weights] = [rowAt(trace, name, { t, read: 0 }), rowAt(trace, weighting, { t, read: 0 })];
    const sum = new Float64Array(vector.length);
    for (let slot = 0; slot < weights.length; slot++) {
      if (!(weights[slot] > 1e-4)) continue; // NaN too
      const held = rowAt(trace, memory, { t: t + shift, slot });
      for (let word = 0; word < sum.length; word++) sum[word] += weights[slot] * held[word];
    }
    for (let word = 0; word < sum.length; word++) error += (vector[word] - sum[word]) ** 2;
  }
  return error;
}

/**
 * The write that accounts for most of what a slot holds for a read at step `at`: `{ t, head, value, share }`, or null.
 * Where the trace has no erase and add, every write is taken to replace what was there by its weight.
 */
export function writerOf(trace, slot, at) {
  if (!weightingOf(trace, "write")) return null;
  return once(trace, `writer ${slot} ${at}`, () => {
    const signals = writeSignals(trace);
    const last = readsAfterWrite(trace) ? at : at - 1;
    return signals ? byContent(trace, signals, slot, last) : byWeight(trace, slot, last);
  });
}

function byContent(trace, signals, slot, last) {
  if (last < 0) return null;
  const content = rowAt(trace, signals.memory, { t: last, slot });
  const norm = content.reduce((sum, m) => sum + m * m, 0);
  const survived = new Float64Array(content.length).fill(1);
  let best = null;
  for (let t = last; t >= 0; t--) {
    const { kept, added } = written(trace, signals, t, slot);
    let share = 0;
    for (let word = 0; word < content.length; word++) {
      share += (added[word] * survived[word] * content[word]) / norm;
      survived[word] *= kept[word];
    }
    const { value, head } = strongestHead(trace, "write", t, slot);
    if (value >= LEAST_WEIGHT && share > (best?.share ?? LEAST_SHARE)) best = { t, head, value, share };
  }
  return best;
}

function byWeight(trace, slot, last) {
  let kept = 1;
  let best = null;
  for (let t = last; t >= 0; t--) {
    const { value, head } = strongestHead(trace, "write", t, slot);
    if (value >= LEAST_WEIGHT && value * kept > (best?.share ?? LEAST_SHARE)) best = { t, head, value, share: value * kept };
    kept *= 1 - Math.min(1, value);
  }
  return best;
}

/** The first answering step that strongly reads what step `after` wrote into a slot: `{ t, head, value }`, or null. */
export function readerOf(trace, slot, after) {
  if (!weightingOf(trace, "read")) return null;
  for (let t = after; t < trace.T; t++) {
    if (!answering(trace, t)) continue;
    const read = strongestHead(trace, "read", t, slot);
    if (read.value >= STRONG && writerOf(trace, slot, t)?.t === after) return { t, ...read };
  }
  return null;
}

/** How much of what a slot held after step `since` is still there at the end, in [0, 1], the mean over its words. */
export function survivalOf(trace, slot, since) {
  const signals = writeSignals(trace);
  let left = new Float64Array(trace.sizes.word || 1).fill(1);
  for (let t = since + 1; t < trace.T; t++) {
    const kept = signals ? written(trace, signals, t, slot).kept : null;
    const share = 1 - Math.min(1, strongestHead(trace, "write", t, slot).value);
    left = left.map((value, word) => value * (kept ? kept[word] : share));
  }
  return left.reduce((sum, value) => sum + value, 0) / left.length;
}
