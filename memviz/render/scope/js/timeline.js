// The events of a trace as marks on slots and steps; the twin of render/timeline.py.

import { sharp } from "./dom.js";
import { once } from "./facts.js";

const ASKS = ["hit", "miss", "read"]; // events in which an item is asked for
const USUAL = ["write", "read", "cut"]; // alone they make no timeline

/** Every event as `{ t, name, slot, again, text }`; `again` is the step at which an evicted item is asked for later. */
export function marksOf(trace) {
  return once(trace, "marks", () =>
    trace.events.map((event) => ({ t: event.t, name: event.name, slot: event.slot ?? null, again: askedAgain(event, trace.events), text: textOf(event) })),
  );
}

const KEY = { write: "square = written", hit: "ring = found", read: "ring = read", evict: "cross = evicted", miss: "small cross = not found" };

/** What the marks of a trace mean: those that occur, and no others. */
export function keyOf(trace) {
  const names = [...new Set(marksOf(trace).map(({ name }) => name))];
  const known = names.filter((name) => KEY[name] && !(name === "read" && names.includes("hit"))).map((name) => KEY[name]);
  const dots = names.filter((name) => !KEY[name]);
  const boxed = marksOf(trace).some(({ again }) => again !== null) ? ["boxed = asked for again later"] : [];
  return [...known, ...(dots.length ? [`dot = ${dots.join(" or ")}`] : []), ...boxed].join(", ");
}

/** Whether something happened besides reads and writes. */
export function isTimeline(trace) {
  return trace.events.some((event) => !USUAL.includes(event.name));
}

function askedAgain(event, events) {
  if (event.name !== "evict" || event.item === undefined || event.item === null) return null;
  const later = events.filter((other) => other.item === event.item && ASKS.includes(other.name) && other.t > event.t);
  return later.length ? Math.min(...later.map((other) => other.t)) : null;
}

function textOf({ name, slot, item, text }) {
  const where = Number.isInteger(slot) ? ` slot ${slot}` : "";
  const what = Number.isInteger(item) ? `, item ${item}` : "";
  return `${name}${where}${what}${text ? ` (${text})` : ""}`;
}

/** What happened at a step besides reads and writes, in words. */
export function happened(trace, t) {
  const found = marksOf(trace).filter((mark) => mark.t === t && !USUAL.includes(mark.name));
  return found.map(({ text, again }) => text + (again === null ? "" : `, asked for again at t = ${again}`)).join("; ");
}

/** Draws the marks; a lane below the slots holds what has none, a miss. */
export function drawTimeline(canvas, { width, height, trace, order, ink }) {
  const context = sharp(canvas, width, height);
  const [across, down] = [width / trace.T, height / (order.length + 1)];
  const rows = new Map(order.map((slot, row) => [slot, row]));
  context.fillStyle = ink.hair;
  context.fillRect(0, order.length * down, width, 1);
  const last = (mark) => mark.name === "evict"; // over the write that takes its place
  for (const mark of [...marksOf(trace)].sort((a, b) => last(a) - last(b))) {
    const row = mark.slot === null ? order.length : rows.get(mark.slot);
    if (row === undefined) continue;
    drawMark(context, mark, (mark.t + 0.5) * across, (row + 0.5) * down, Math.max(2, Math.min(across, down) * 0.38, 3), ink);
  }
}

/** Shape first, colour second: square written, ring found, cross evicted or missed, dot anything else. */
function drawMark(context, { name, again }, x, y, r, ink) {
  const role = name === "write" ? ink.write : name === "hit" || name === "read" ? ink.read : again !== null ? ink.bad : ink.ink;
  context.strokeStyle = context.fillStyle = role;
  context.lineWidth = name === "evict" ? 2 : 1.4;
  context.beginPath();
  if (name === "write") context.fillRect(x - r, y - r, 2 * r, 2 * r);
  else if (name === "hit" || name === "read") context.arc(x, y, r, 0, 2 * Math.PI);
  else if (name === "evict" || name === "miss") cross(context, x, y, name === "miss" ? 0.7 * r : 1.4 * r);
  else context.arc(x, y, 0.6 * r, 0, 2 * Math.PI);
  if (again !== null) context.rect(x - 1.4 * r, y - 1.4 * r, 2.8 * r, 2.8 * r);
  context.stroke();
}

function cross(context, x, y, r) {
  context.moveTo(x - r, y - r);
  context.lineTo(x + r, y + r);
  context.moveTo(x + r, y - r);
  context.lineTo(x - r, y + r);
}
