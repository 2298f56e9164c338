// Thumbnails of the write weighting at recorded updates: how the address took shape, at a glance.

import { indexer, table } from "./colours.js";
import { h, onChange, sharp } from "./dom.js";
import { weightingOf } from "./facts.js";
import { paint } from "./heatmap.js";
import { nearest, recordsOf, shownUpdate } from "./records.js";
import { reduce } from "./reduce.js";

const pictures = new WeakMap();

/** `{ element, update(view, axis) }`; a click shows the update under the pointer. */
export function createFilmstrip(actions) {
  const canvas = h("canvas.filmstrip", { "aria-hidden": "true" });
  let spots = [];
  canvas.onclick = (event) => {
    const x = event.clientX - canvas.getBoundingClientRect().left;
    const spot = spots.find(({ left, right }) => x >= left && x <= right);
    if (spot) actions.setU(spot.u);
  };
  const draw = onChange((view, axis, width) => {
    const size = { width: Math.round(40 * view.zoom), height: Math.round(30 * view.zoom) };
    const updates = [...view.traces.keys()];
    spots = spotsOf(updates, (u) => 9 + axis.to(u) * (width - 18), size.width, width, nearest(recordsOf(view), shownUpdate(view)));
    const context = sharp(canvas, width, size.height + 4);
    context.imageSmoothingEnabled = true;
    for (const { u, left } of spots) {
      context.drawImage(pictureOf(view.traces.get(u), view), left, 2, size.width, size.height);
      context.strokeStyle = u === shownUpdate(view) ? view.ink.ink : view.ink.hair;
      context.lineWidth = u === shownUpdate(view) ? 2 : 1;
      context.strokeRect(left - 0.5, 1.5, size.width + 1, size.height + 1);
    }
  });
  const update = (view, axis) => {
    canvas.hidden = view.traces.size < 2 || !weightingOf(view.trace, "write");
    if (canvas.hidden) return;
    const width = canvas.parentElement.clientWidth;
    draw([view.traces, axis.max, shownUpdate(view), view.theme, view.root, view.zoom, width, globalThis.devicePixelRatio], view, axis, width);
  };
  return { element: canvas, update };
}

/** Which updates get a thumbnail: the shown one, then as many as fit without touching. Pure. */
export function spotsOf(updates, x, size, width, shown) {
  const order = [shown, ...updates].filter((u, i, all) => updates.includes(u) && all.indexOf(u) === i);
  const spots = [];
  for (const u of order) {
    const left = Math.min(width - size - 1, Math.max(1, x(u) - size / 2));
    if (spots.every((spot) => Math.abs(spot.left - left) >= size + 6)) spots.push({ u, left, right: left + size });
  }
  return spots;
}

function pictureOf(trace, view) {
  const key = `${view.theme}${view.root}`;
  const known = pictures.get(trace);
  if (known?.key === key) return known.canvas;
  const panel = { signal: weightingOf(trace, "write"), rows: "slot", columns: "t", reduce: [["max", "write"]] };
  const grid = reduce(panel, trace, {});
  const canvas = document.createElement("canvas");
  canvas.width = grid.columns;
  canvas.height = grid.rows;
  const image = new ImageData(grid.columns, grid.rows);
  paint(new Uint32Array(image.data.buffer), grid, null, table(view.theme, "write"), indexer("unit", 1, view.root));
  canvas.getContext("2d").putImageData(image, 0, 0);
  pictures.set(trace, { key, canvas });
  return canvas;
}
