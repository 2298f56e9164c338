// The formula of a hovered value with its numbers, shown only when the recorded arrays obey it.

import { having, stagesOf } from "./facts.js";
import { writeSignals } from "./lineage.js";
import { rowAt, valueAt } from "./reduce.js";
import { two } from "./numbers.js";

const TOLERANCE = 2e-3;

/** A line such as "M = 0.20 · (1 − 1.00 · 0.97) + 1.00 · 0.81 = 0.82", or "" when no known equation holds here. */
export function formulaOf(trace, at) {
  const signal = trace.signals[at.signal];
  if (!signal || at.t === undefined) return "";
  if (signal.kind === "memory" && at.word !== undefined) return writeFormula(trace, at);
  if (signal.kind === "weighting" && at.slot !== undefined) return stageFormula(trace, at, signal.dims[1]);
  return "";
}

function holds(expected, actual) {
  return Math.abs(expected - actual) <= TOLERANCE * Math.max(1, Math.abs(actual));
}

/** M = before * product over heads of (1 - w e) + sum over heads of w a. */
function writeFormula(trace, { signal, t, slot, word }) {
  const signals = writeSignals(trace);
  const before = t > 0 ? valueAt(trace, signal, { t: t - 1, slot, word }) : startValue(trace, slot, word);
  if (!signals || signals.memory !== signal || before === null) return "";
  const heads = Array.from({ length: trace.sizes.write }, (_, write) => ({
    w: valueAt(trace, signals.weighting, { t, write, slot }),
    e: valueAt(trace, signals.erase, { t, write, word }),
    a: valueAt(trace, signals.add, { t, write, word }),
  }));
  const kept = heads.reduce((product, { w, e }) => product * (1 - w * e), 1);
  const added = heads.reduce((sum, { w, a }) => sum + w * a, 0);
  const actual = valueAt(trace, signal, { t, slot, word });
  if (!holds(before * kept + added, actual)) return "";
  const keeps = heads.map(({ w, e }) => `(1 − ${two(w)} · ${two(e)})`).join(" · ");
  const plus = heads.map(({ w, a }) => `${two(w)} · ${two(a)}`).join(" + ");
  return `before · (1 − w·e) + w·a = ${two(before)} · ${keeps} + ${plus} = ${two(actual)}`;
}

function startValue(trace, slot, word) {
  const [start] = having(trace, "memory", ["slot", "word"]);
  return start ? valueAt(trace, start, { slot, word }) : null;
}

/** The stage of an address that a weighting is, by its place among the declared stages. */
function stageFormula(trace, at, side) {
  const stages = stagesOf(trace, side);
  const place = stages.indexOf(at.signal);
  const gates = having(trace, "gate", ["t", side]);
  const shifts = having(trace, "distribution", ["t", side, "shift"]);
  if (stages.length !== 4 || gates.length !== 1 || shifts.length !== 1) return "";
  const here = { t: at.t, [side]: at.head ?? 0 };
  const actual = valueAt(trace, at.signal, { ...here, slot: at.slot });
  if (place === 1) return interpolation(trace, stages, gates[0], here, at.slot, side, actual);
  if (place === 2) return shifting(rowAt(trace, stages[1], here), rowAt(trace, shifts[0], here), at.slot, actual);
  if (place === 3) return sharpening(trace, rowAt(trace, stages[2], here), here, at.slot, side, actual);
  return "";
}

function interpolation(trace, stages, gate, here, slot, side, actual) {
  const g = valueAt(trace, gate, here);
  const content = valueAt(trace, stages[0], { ...here, slot });
  const [start] = having(trace, "weighting", [side, "slot"]);
  if (here.t === 0 && !start) return "";
  const last = here.t > 0 ? valueAt(trace, stages[3], { ...here, t: here.t - 1, slot }) : valueAt(trace, start, { ...here, slot });
  if (!holds(g * content + (1 - g) * last, actual)) return "";
  return `g · content + (1 − g) · last = ${two(g)} · ${two(content)} + ${two(1 - g)} · ${two(last)} = ${two(actual)}`;
}

function shifting(interpolated, shift, slot, actual) {
  const n = interpolated.length;
  const terms = Array.from(shift, (s, j) => [s, interpolated[(((slot - j + (shift.length - 1) / 2) % n) + n) % n]]);
  if (!holds(terms.reduce((sum, [s, w]) => sum + s * w, 0), actual)) return "";
  return `Σ shift · neighbours = ${terms.map(([s, w]) => `${two(s)} · ${two(w)}`).join(" + ")} = ${two(actual)}`;
}

function sharpening(trace, shifted, here, slot, side, actual) {
  for (const name of having(trace, "strength", ["t", side])) {
    const gamma = valueAt(trace, name, here);
    const total = shifted.reduce((sum, w) => sum + Math.max(w, 0) ** gamma, 0);
    if (!holds(Math.max(shifted[slot], 0) ** gamma / total, actual)) continue;
    return `shifted^γ / Σ = ${two(shifted[slot])}^${two(gamma)} / ${two(total)} = ${two(actual)}`;
  }
  return "";
}
