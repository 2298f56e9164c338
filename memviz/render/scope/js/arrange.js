// Which panel goes where: what the task gives and what is written at the left, the memory in the middle, reads and answers at the right.

import { answersOf } from "./answers.js";
import { isTimeline } from "./timeline.js";

// groups below the figure, with what their part of the page is called
const BELOW = [
  ["answers", "How right the answers are"],
  ["events", "What became of every slot"],
  ["usage", "How the slots are used"],
  ["allocation", "Where there was room to write"],
  ["links", "The order of writing, and reads that follow it"],
  ["keys", "Keys and queries"],
  ["lengths", "Longer than trained"],
  ["controller", "More: the controller's own state"],
];

/**
 * The panels of a trace in their places.
 * `{ columns: [{ side, strips, mains, below }], stages: { write, read }, parts: [{ group, title, panels }] }`; what is empty is left out.
 */
export function arrange(trace) {
  const panels = [...trace.panels].sort((a, b) => a.order - b.order);
  const of = (group, test = () => true) => panels.filter((panel) => panel.group === group && test(panel));
  const episode = of("episode");
  const given = (panel) => ["input", "target"].includes(trace.signals[panel.signal].kind);
  const mains = (side) => of("weighting", (panel) => panel.role === side);
  const memory = of("memory", (panel) => panel.rows === "slot");
  const beside = (before) => of("memory", (panel) => panel.rows !== "slot" && panel.order < (memory[0]?.order ?? 0) === before);
  const columns = [
    { side: "write", strips: episode.filter(given).reverse(), mains: mains("write"), below: of("gates", (p) => p.role === "write") },
    { side: "memory", strips: beside(true), mains: memory.slice(0, 1), below: beside(false) },
    { side: "read", strips: episode.filter((p) => !given(p)).reverse(), mains: mains("read"), below: of("gates", (p) => p.role === "read") },
  ];
  const filled = columns.filter((column) => column.strips.length + column.mains.length);
  const stages = { write: of("addressing", (p) => p.role === "write"), read: of("addressing", (p) => p.role === "read") };
  const shown = (panel) => (panel.form === "events" ? isTimeline(trace) : panel.form !== "answers" || answersOf(panel, trace).length > 1);
  const parts = BELOW.map(([group, title]) => ({ group, title, panels: of(group, shown).concat(group === "controller" ? memory.slice(1) : []) }));
  return { columns: filled, stages, parts: parts.filter((part) => part.panels.length) };
}

/** Of a column's mains the one to draw: the overview over all heads, or the chosen head. */
export function mainOf(column, head, heads) {
  const rule = (panel) => panel.reduce?.[0]?.[0];
  const taken = column.mains.find((panel) => rule(panel) === "take");
  const overview = column.mains.find((panel) => rule(panel) !== "take") ?? taken;
  return heads > 1 && head !== null && taken ? taken : overview;
}
