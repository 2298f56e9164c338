// Draws horizontal bars, one per slot, in the same rows as the weightings.

import { NOT_FINITE_CSS } from "./colours.js";
import { sharp } from "./dom.js";

/** Draws `values` in [0, bound]; `order` gives the slot of every row; the heaviest bar stands out, and is named in `font`. */
export function drawBars(canvas, { width, height, values, bound, order, colour, deep, hair, font }) {
  const context = sharp(canvas, width, height);
  const row = height / order.length;
  const thick = row >= 5 ? row - Math.max(1, Math.round(row * 0.2)) : row;
  context.fillStyle = hair;
  context.fillRect(0, 0, 1, height);
  const top = order.reduce((best, slot) => (values[slot] > values[best] ? slot : best), order[0]);
  order.forEach((slot, i) => {
    const finite = Number.isFinite(values[slot]);
    const value = finite ? values[slot] / bound : 1;
    context.fillStyle = !finite ? NOT_FINITE_CSS : slot === top ? deep : colour;
    const length = Math.max(value > 0.004 ? 1.5 : 0, Math.min(1, value) * (width - 2));
    context.fillRect(1, i * row + (row - thick) / 2, length, thick);
    if (slot === top && font) nameBar(context, `slot ${slot}`, length, i * row + row / 2, width, font);
  });
}

/** Writes beside a bar, or at its end inside when there is no room. */
function nameBar(context, text, length, y, width, font) {
  context.font = font.text;
  context.textBaseline = "middle";
  const room = context.measureText(text).width + 6;
  const inside = length + room > width;
  context.textAlign = inside ? "right" : "left";
  context.fillStyle = inside ? font.paper : font.ink;
  context.fillText(text, inside ? length - 3 : length + 5, y);
}
