// How right an episode's answers are, phase by phase; the twin of render/answers.py.

import { sharp } from "./dom.js";
import { answering, having, heaviest, once } from "./facts.js";
import { rowAt } from "./reduce.js";

const ONE = 1e-3; // how far the outputs of one class may be from summing to 1

/** `[{ phase, right, total }]`: every phase with an answer that counts, in order. */
export function answersOf(panel, trace) {
  return once(trace, `answers ${panel.id}`, () => {
    const steps = Array.from({ length: trace.T }, (_, t) => t).filter((t) => !having(trace, "gate", ["t"]).length || answering(trace, t));
    const said = (t) => rowAt(trace, panel.signal, { t });
    const sum = (row) => row.reduce((total, x) => total + x, 0);
    const classes = steps.every((t) => said(t).length > 1 && Math.abs(sum(said(t)) - 1) < ONE);
    const found = new Map();
    for (const t of steps) {
      const phase = trace.meta.phases?.[t] ?? "answer";
      const row = found.get(phase) ?? { phase, right: 0, total: 0 };
      row.right += share(said(t), rowAt(trace, panel.against, { t }), classes);
      row.total++;
      found.set(phase, row);
    }
    return [...found.values()];
  });
}

/** How much of one answer is right. */
function share(got, want, classes) {
  if (classes) return heaviest(got).slot === heaviest(want).slot ? 1 : 0;
  return got.reduce((count, value, i) => count + (value >= 0.5 === want[i] >= 0.5), 0) / got.length;
}

/** Draws a row a phase: its name, a bar from 0 to 1, and how many of how many are right. */
export function drawAnswers(canvas, { width, height, rows, ink, font, now }) {
  const context = sharp(canvas, width, height);
  const [high, left, right] = [height / rows.length, width * 0.34, width * 0.2];
  const room = width - left - right;
  context.font = font;
  context.textBaseline = "middle";
  rows.forEach(({ phase, right: hits, total }, i) => {
    const y = (i + 0.5) * high;
    context.fillStyle = phase === now ? ink.ink : ink.muted;
    context.textAlign = "right";
    context.fillText(phase, left - 8, y);
    context.textAlign = "left";
    context.fillText(`${+hits.toFixed(1)} of ${total}`, left + room + 8, y);
    context.fillStyle = ink.hair;
    context.fillRect(left, y - high * 0.3, room, high * 0.6);
    context.fillStyle = phase === now ? ink.ink : ink.muted;
    context.fillRect(left, y - high * 0.3, (room * hits) / total, high * 0.6);
  });
}
