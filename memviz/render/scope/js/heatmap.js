// Draws a heatmap: one image pixel per value, scaled up without smoothing, with paper-coloured joints when cells are large.

import { NOT_FINITE } from "./colours.js";
import { sharp } from "./dom.js";

const scratch = document.createElement("canvas");

/**
 * Draws `grid` ({ data, rows, columns }) over the whole canvas of `width` by `height` CSS pixels.
 * `order` (row on screen -> row of data) may leave rows out; `index` maps a value to the 256-entry `table`.
 */
export function drawHeatmap(canvas, { width, height, grid, order, table, index, joint }) {
  const context = sharp(canvas, width, height);
  const rows = order ? order.length : grid.rows;
  if (!rows || !grid.columns) return;
  const image = new ImageData(grid.columns, rows);
  paint(new Uint32Array(image.data.buffer), grid, order, table, index);
  scratch.width = grid.columns;
  scratch.height = rows;
  scratch.getContext("2d").putImageData(image, 0, 0);
  context.imageSmoothingEnabled = false;
  context.drawImage(scratch, 0, 0, width, height);
  joints(context, { width, height, rows, columns: grid.columns, joint });
}

/** Fills pixels row by row through the table; what is not finite gets its own colour. Pure but for `pixels`. */
export function paint(pixels, grid, order, table, index) {
  const rows = order ? order.length : grid.rows;
  for (let i = 0, k = 0; i < rows; i++) {
    const base = (order ? order[i] : i) * grid.columns;
    for (let j = 0; j < grid.columns; j++, k++) {
      const value = grid.data[base + j];
      pixels[k] = Number.isFinite(value) ? table[index(value)] : NOT_FINITE;
    }
  }
}

function joints(context, { width, height, rows, columns, joint }) {
  context.fillStyle = joint;
  const [w, h] = [width / columns, height / rows];
  const line = 1 / Math.min(2, globalThis.devicePixelRatio || 1);
  if (w >= 6) for (let j = 1; j < columns; j++) context.fillRect(Math.round(j * w) - line / 2, 0, line, height);
  if (h >= 6) for (let i = 1; i < rows; i++) context.fillRect(0, Math.round(i * h) - line / 2, width, line);
}
