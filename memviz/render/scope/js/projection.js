// Words as points: their directions on the two axes along which they differ most; the twin of render/projection.py.

import { once } from "./facts.js";

const ROUNDS = 100;
const MARGIN = 1.15; // beyond the furthest point
const SHORT = 1e-4; // a word shorter than this, beside the longest, is empty

/** The words of a signal along its last dim, at step t or (t null) at every step, as arrays. */
export function wordsOf(trace, name, t = null) {
  const { data, shape } = trace.arrays[name];
  const width = shape[shape.length - 1];
  const each = data.length / shape[0];
  const [from, to] = t === null ? [0, data.length] : [t * each, (t + 1) * each];
  const words = [];
  for (let at = from; at < to; at += width) words.push(Array.from(data.subarray(at, at + width)));
  return words;
}

const dot = (a, b) => a.reduce((sum, x, i) => sum + x * b[i], 0);

/** How alike the directions of two words are; NaN for an empty one. */
export function cosine(a, b) {
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
}

/** The slot whose key is most like a head's query, by all their numbers: `{ slot, value }`; slot -1 where all are empty. */
export function mostAlike(panel, trace, t, head) {
  const query = wordsOf(trace, panel.against, t)[head];
  const best = { slot: -1, value: -Infinity };
  wordsOf(trace, panel.signal, t).forEach((key, slot) => {
    const value = cosine(key, query);
    if (value > best.value) Object.assign(best, { slot, value });
  });
  return best;
}

/** The length of the longest word. */
export function longest(words) {
  return words.reduce((best, word) => Math.max(best, Math.sqrt(dot(word, word)) || 0), 0);
}

/** A word at length 1, or null for an empty one. */
function direction(word, top) {
  const length = Math.sqrt(dot(word, word));
  return length > SHORT * top && Number.isFinite(length) ? word.map((x) => x / length) : null;
}

/** `{ middle, axes, share, bound }` of a scatter panel. */
export function projectionOf(panel, trace) {
  return once(trace, `projection ${panel.id}`, () => {
    const sorts = [wordsOf(trace, panel.signal, trace.T - 1), wordsOf(trace, panel.against)];
    const known = sorts.flatMap((words) => words.map((word) => direction(word, longest(words))).filter(Boolean));
    const width = trace.arrays[panel.against].shape.at(-1);
    const middle = Array.from({ length: width }, (_, i) => known.reduce((sum, word) => sum + word[i], 0) / Math.max(1, known.length));
    const spread = covariance(known, middle);
    const total = Math.max(spread.reduce((sum, row, i) => sum + row[i], 0), 1e-30);
    const [axes, share] = [[], []];
    for (let k = 0; k < 2; k++) {
      const { axis, value } = firstAxis(spread);
      spread.forEach((row, i) => row.forEach((_, j) => (row[j] -= value * axis[i] * axis[j])));
      axes.push(axis);
      share.push(value / total);
    }
    const far = known.flatMap((word) => axes.map((axis) => Math.abs(along(word, middle, axis))));
    return { middle, axes, share, bound: MARGIN * far.reduce((best, x) => Math.max(best, x), 1e-9) };
  });
}

function covariance(known, middle) {
  const spread = middle.map(() => middle.map(() => 0));
  for (const word of known) {
    const off = word.map((x, i) => x - middle[i]);
    spread.forEach((row, i) => row.forEach((_, j) => (row[j] += (off[i] * off[j]) / known.length)));
  }
  return spread;
}

/** The direction of the largest spread, its largest component positive, and the spread along it. */
function firstAxis(spread) {
  const nothing = { axis: spread.map(() => 0), value: 0 };
  let axis = spread.reduce((best, row, i) => (row[i] > best[0] ? [row[i], row] : best), [-1, []])[1];
  for (let round = 0; round < ROUNDS; round++) {
    const length = Math.sqrt(dot(axis, axis));
    if (length < 1e-15) return nothing;
    const unit = axis.map((x) => x / length);
    axis = spread.map((row) => dot(row, unit));
  }
  const length = Math.sqrt(dot(axis, axis));
  if (length < 1e-15) return nothing;
  const top = axis.reduce((best, x) => (Math.abs(x) > Math.abs(best) ? x : best), 0);
  return { axis: axis.map((x) => (x / length) * (top >= 0 ? 1 : -1)), value: length };
}

/** The points `[x, y]` of words; null for an empty one. */
export function pointsOf({ middle, axes }, words, top = longest(words)) {
  return words.map((word) => {
    const unit = direction(word, top);
    return unit && axes.map((axis) => along(unit, middle, axis));
  });
}

function along(unit, middle, axis) {
  return unit.reduce((sum, x, i) => sum + (x - middle[i]) * axis[i], 0);
}
