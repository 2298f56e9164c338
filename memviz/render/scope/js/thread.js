// The thread: from what was heard, down to the write, along the slot's row through the memory, to the read, up to the answer.

import { having, weightingOf } from "./facts.js";
import { writerOf } from "./lineage.js";
import { rowAt } from "./reduce.js";

/** Where the story of step t runs: `{ slot, read: t or null, write: t or null }`. */
export function storyOf(view) {
  const { trace, t, side, slot, hover, pin } = view;
  if (slot === null) return null;
  const held = hover?.slot !== undefined || pin !== null;
  const weights = weightingOf(trace, side) ? rowAt(trace, weightingOf(trace, side), { t, [side]: view.headOf(side) }) : null;
  const strong = weights && weights[slot] >= 0.3;
  if (side === "write") return { slot, write: strong ? t : null, read: null };
  const source = strong || held ? writerOf(trace, slot, t) : null;
  return { slot, read: strong ? t : null, write: source ? source.t : null };
}

/** Draws the slot's row through every panel, and the thread where the story has ends. */
export function drawThread({ context, view, units, sizes }) {
  const story = storyOf(view);
  if (!story) return;
  const place = view.slots.indexOf(story.slot);
  if (place < 0) return;
  const rows = units.filter((unit) => unit.rect && (unit.place === "main" || unit.place === "stage"));
  for (const unit of rows) drawRow(context, view, unit, place);
  if (sizes.tier !== "narrow") drawLinks(context, view, rows, place, story);
  label(context, view, rows.filter((unit) => unit.place === "main"), place, story.slot);
  const ends = { write: story.write, read: story.read };
  for (const side of ["write", "read"]) {
    const main = rows.find((unit) => unit.place === "main" && unit.side === side);
    if (main && ends[side] !== null) drawEnd(context, view, units, main, place, ends[side], side);
  }
}

function drawRow(context, view, unit, place) {
  const { x, y, width, height } = unit.rect;
  const row = height / view.slots.length;
  context.strokeStyle = view.ink.ink;
  context.lineWidth = 1;
  context.globalAlpha = 0.55;
  context.setLineDash([3, 3]);
  context.beginPath();
  for (const edge of [place * row, (place + 1) * row]) {
    context.moveTo(x, Math.round(y + edge) - 0.5);
    context.lineTo(x + width, Math.round(y + edge) - 0.5);
  }
  context.stroke();
  context.setLineDash([]);
  context.globalAlpha = 1;
}

function label(context, view, mains, place, slot) {
  context.font = `600 ${11.5 * view.zoom}px ${view.ink.font}`;
  context.textAlign = "right";
  context.textBaseline = "middle";
  const width = context.measureText(String(slot)).width + 6;
  for (const { rect } of mains) {
    const y = rect.y + (place + 0.5) * (rect.height / view.slots.length);
    context.fillStyle = view.ink.paper; // over the thread
    context.fillRect(rect.x - 3 - width, y - 7 * view.zoom, width, 14 * view.zoom);
    context.fillStyle = view.ink.ink;
    context.fillText(String(slot), rect.x - 6, y);
  }
}

/** The cell itself, and the line between it and the strip where its word came in or its answer went out. */
function drawEnd(context, view, units, main, place, t, side) {
  const colour = view.ink[side];
  const { x, y, width, height } = main.rect;
  const [step, row] = [width / view.T, height / view.slots.length];
  const middle = x + (t + 0.5) * step;
  context.strokeStyle = colour;
  context.lineWidth = 2;
  context.strokeRect(x + t * step - 1, y + place * row - 1, step + 2, row + 2);
  const strip = units.filter((unit) => unit.place === "strip" && unit.side === side && unit.panel.columns === "t" && unit.rect).at(-1);
  if (!strip || !relevant(view, side)) return;
  const bottom = strip.rect.y + strip.rect.height;
  context.strokeRect(x + t * step - 1, strip.rect.y - 1, step + 2, strip.rect.height + 2);
  context.lineWidth = 1.5;
  context.beginPath();
  context.moveTo(middle, bottom + 1);
  context.lineTo(middle, y + place * row - 1);
  context.stroke();
  arrow(context, colour, middle, side === "write" ? y + place * row - 1 : bottom + 1, side === "write" ? Math.PI / 2 : -Math.PI / 2);
}

function relevant(view, side) {
  return having(view.trace, side === "write" ? "input" : "output", side === "write" ? ["t", "input"] : ["t", "output"]).length > 0;
}

/** Lines through the gaps between neighbouring panels, in the direction in which the word travels. */
function drawLinks(context, view, rows, place, story) {
  const mains = rows.filter((unit) => unit.place === "main").sort((a, b) => a.rect.x - b.rect.x);
  const memory = mains.find((unit) => unit.side === "memory");
  for (const main of mains) {
    if (main === memory || !memory || story[main.side] === null || story[main.side] === undefined) continue;
    const rowHeight = main.rect.height / view.slots.length;
    const y = main.rect.y + (place + 0.5) * rowHeight;
    const step = main.rect.width / view.T;
    const cell = main.rect.x + (story[main.side] + (main.side === "write" ? 1 : 0)) * step;
    const [from, to] = main.side === "write" ? [cell + 2, memory.rect.x - 22 * view.zoom] : [memory.rect.x + memory.rect.width + 3, cell - 3];
    context.strokeStyle = view.ink[main.side];
    context.lineWidth = 1.5;
    context.globalAlpha = 0.85;
    context.beginPath();
    context.moveTo(from, y);
    context.lineTo(to, y);
    context.stroke();
    arrow(context, view.ink[main.side], to, y, 0);
    context.globalAlpha = 1;
  }
}

function arrow(context, colour, x, y, angle) {
  context.save();
  context.translate(x, y);
  context.rotate(angle);
  context.fillStyle = colour;
  context.beginPath();
  context.moveTo(1, 0);
  context.lineTo(-6, -3.5);
  context.lineTo(-6, 3.5);
  context.fill();
  context.restore();
}
