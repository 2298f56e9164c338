// "This run": the figures that say how far it is, each beside what a network that knows nothing would score.

import { h, setText, show } from "./dom.js";
import { grouped, two } from "./numbers.js";
import { speedOf } from "./records.js";

const ROWS = [
  ["sequences", (s) => grouped(s.sequences)],
  ["seconds", (s) => two(s.seconds)],
  ["sequences/s", (s) => grouped(speedOf(s))],
  ["bits per sequence", (s) => two(s.metrics?.bits_per_sequence), (s) => levels(s.metrics?.chance_bits, s.metrics?.bound_bits)],
  ["wrong bits", (s) => two(s.metrics?.wrong_bits), (s) => levels(s.metrics?.chance_wrong, s.metrics?.bound_wrong)],
  ["gradient norm", (s) => two(s.metrics?.norm), (s) => (clipped(s.metrics) ? `clipped to ${two(s.metrics.norm_clipped)}` : "")],
  ["solved at", (s) => (Number.isFinite(s.solved_at) ? `u = ${grouped(s.solved_at)}` : "not yet")],
];

const level = (name, value) => (Number.isFinite(value) ? `${name} ${two(value)}` : "");
const levels = (chance, bound) => [level("chance", chance), level("best", bound)].filter(Boolean).join(", ");
const clipped = (m) => m && Number.isFinite(m.norm_clipped) && m.norm_clipped < m.norm * 0.999;

/** `{ element, update(view) }`. */
export function createRun() {
  const rows = ROWS.map(([name, value, aside]) => {
    const number = h("dd.value");
    const extra = h("dd.aside");
    return { value, aside, number, extra, parts: [h("dt", {}, name), number, extra] };
  });
  const list = h("dl.figures", {}, ...rows.flatMap((row) => row.parts));
  const element = h("section.run", {}, h("h2", {}, "This run"), list);
  const update = (view) => {
    if (!show(element, Boolean(view.status?.run && view.status.state !== "idle"))) return;
    for (const { value, aside, number, extra } of rows) {
      setText(number, value(view.status));
      setText(extra, aside?.(view.status) ?? "");
    }
  };
  return { element, update };
}
