// Draws a sparkline on the common time axis: a step's value sits at the middle of its column.

import { sharp } from "./dom.js";

/** Draws `values` from 0 (bottom) to `bound` (top); a dot marks step `t`; gaps are left where a value is not finite. */
export function drawLine(canvas, { width, height, values, bound, colour, hair, t }) {
  const context = sharp(canvas, width, height);
  const step = width / values.length;
  const y = (value) => height - 2.5 - (height - 5) * Math.min(1, Math.max(0, value / bound));
  context.strokeStyle = hair;
  context.lineWidth = 1;
  context.beginPath();
  context.moveTo(0, height - 0.5);
  context.lineTo(width, height - 0.5);
  context.stroke();
  context.strokeStyle = colour;
  context.lineWidth = 1.6;
  context.lineJoin = "round";
  context.beginPath();
  let open = false;
  values.forEach((value, i) => {
    if (!Number.isFinite(value)) open = false;
    else if (open) context.lineTo((i + 0.5) * step, y(value));
    else {
      context.moveTo((i + 0.5) * step, y(value));
      open = true;
    }
  });
  context.stroke();
  if (!Number.isFinite(values[t])) return;
  context.fillStyle = colour;
  context.beginPath();
  context.arc((t + 0.5) * step, y(values[t]), 3, 0, 2 * Math.PI);
  context.fill();
}
