// Draws keys and queries as points; a slot's name stands beside the chosen slot and the one most like the query.

import { sharp } from "./dom.js";
import { mostAlike, pointsOf, projectionOf, wordsOf } from "./projection.js";

/** Draws a scatter panel at step `t`: dots are slots, rings queries, those of earlier steps faint. */
export function drawScatter(canvas, { width, height, panel, trace, t, slot, ink, font }) {
  const context = sharp(canvas, width, height);
  const projection = projectionOf(panel, trace);
  const place = placing(projection, width, height);
  const keys = pointsOf(projection, wordsOf(trace, panel.signal, t));
  const queries = pointsOf(projection, wordsOf(trace, panel.against));
  const each = queries.length / trace.T;
  context.fillStyle = ink.hair;
  context.fillRect(0, place([0, 0])[1], width, 1);
  context.fillRect(place([0, 0])[0], 0, 1, height);
  queries.slice(0, t * each).forEach((point) => point && ring(context, place(point), 2.5, 0.3, ink.read));
  keys.forEach((point, n) => point && dot(context, place(point), n === slot ? 5 : 3, ink, n === slot));
  const now = queries.slice(t * each, (t + 1) * each).filter(Boolean);
  now.forEach((point) => ring(context, place(point), 6, 1, ink.read));
  const named = new Set([slot, ...Array.from({ length: each }, (_, head) => mostAlike(panel, trace, t, head).slot)]);
  context.font = font;
  context.fillStyle = ink.ink;
  for (const n of named) if (keys[n]) nameSlot(context, n, place(keys[n]), width);
}

/** Where a projected point lies in the picture. */
function placing({ bound }, width, height) {
  const inside = (x) => Math.min(1, Math.max(-1, x / bound));
  return ([x, y]) => [width / 2 + inside(x) * (width / 2 - 6), height / 2 - inside(y) * (height / 2 - 6)];
}

/** Where the slots of a scatter panel lie at step `t`, in CSS pixels; null for an empty one. */
export function placesOf(panel, trace, t, width, height) {
  const projection = projectionOf(panel, trace);
  const place = placing(projection, width, height);
  return pointsOf(projection, wordsOf(trace, panel.signal, t)).map((point) => point && place(point));
}

function dot(context, [x, y], r, ink, chosen) {
  context.fillStyle = chosen ? ink.ink : ink.muted;
  context.beginPath();
  context.arc(x, y, r, 0, 2 * Math.PI);
  context.fill();
}

function ring(context, [x, y], r, alpha, colour) {
  context.strokeStyle = colour;
  context.globalAlpha = alpha;
  context.lineWidth = 1.6;
  context.beginPath();
  context.arc(x, y, r, 0, 2 * Math.PI);
  context.stroke();
  context.globalAlpha = 1;
}

/** The slot whose point lies nearest, or -1. */
export function nearest([x, y], points) {
  const far = points.map((point) => (point ? (point[0] - x) ** 2 + (point[1] - y) ** 2 : Infinity));
  return far.length ? far.indexOf(Math.min(...far)) : -1;
}

function nameSlot(context, slot, [x, y], width) {
  context.textBaseline = "middle";
  context.textAlign = x > width - 46 ? "right" : "left";
  context.fillText(`slot ${slot}`, x + (x > width - 46 ? -9 : 9), y);
}
