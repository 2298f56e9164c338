// Everything drawn over the panels: ticks, the time cursor, the slot's row, and the thread from a read back to its write.

import { onChange, sharp } from "./dom.js";
import { two } from "./numbers.js";
import { drawThread } from "./thread.js";

const TICKS = [1, 2, 5, 10, 20, 50, 100, 200, 500];

/** The overlay: `{ canvas, update(view, figure, grid) }`; `figure` holds the units, whose rects it measures. */
export function createOverlay() {
  const canvas = document.createElement("canvas");
  canvas.className = "overlay";
  canvas.setAttribute("aria-hidden", "true");
  const draw = onChange((view, figure, grid) => {
    if (!figure.rects || figure.measured !== grid.offsetWidth) measure(figure, grid);
    const context = sharp(canvas, figure.box.width, figure.box.height);
    const scene = { context, view, units: figure.units, sizes: figure.sizes };
    for (const unit of figure.units) frame(scene, unit);
    drawTicks(scene);
    dim(scene);
    drawThread(scene);
    drawCursors(scene);
    drawHover(scene);
  });
  const update = (view, figure, grid) => {
    const { trace, t, side, slot, hover, pin, slow, theme, slots, layer, zoom, limits } = view;
    const place = [figure.units, grid.offsetWidth, grid.offsetHeight, globalThis.devicePixelRatio];
    draw([trace, t, side, view.headOf(side), slot, hover, pin, slow, theme, slots, layer, zoom, limits, ...place], view, figure, grid);
  };
  return { canvas, update };
}

function measure(figure, grid) {
  const base = grid.getBoundingClientRect();
  for (const unit of figure.units) {
    const rect = unit.canvas.getBoundingClientRect();
    const inside = grid.contains(unit.canvas);
    unit.rect = inside ? { x: rect.left - base.left, y: rect.top - base.top, width: rect.width, height: rect.height } : null;
  }
  figure.box = { width: base.width, height: base.height };
  Object.assign(figure, { rects: true, measured: grid.offsetWidth });
}

function frame({ context, view }, unit) {
  if (!unit.rect || unit.shown?.form !== "heatmap") return;
  const { x, y, width, height } = unit.rect;
  context.strokeStyle = view.ink.hair;
  context.lineWidth = 1;
  context.strokeRect(x - 0.5, y - 0.5, width + 1, height + 1);
}

/** The smallest round step that keeps labels `room` pixels apart. */
export function tickStep(pixels, room) {
  return TICKS.find((step) => step * pixels >= room) ?? 1000;
}

function drawTicks({ context, view, units }) {
  context.font = `${11 * view.zoom}px ${view.ink.font}`;
  context.fillStyle = view.ink.muted;
  for (const unit of units) {
    if (unit.rect) drawScale({ context, view }, unit);
    if (unit.place !== "main" || !unit.rect) continue;
    const { x, y, width, height } = unit.rect;
    context.font = `${11 * view.zoom}px ${view.ink.font}`;
    if (unit.panel.columns === "t") {
      const step = width / view.T;
      const every = tickStep(step, 30 * view.zoom);
      context.textAlign = "center";
      context.textBaseline = "top";
      const room = 16 * view.zoom;
      for (let t = 0; t < view.T; t += every) {
        if (Math.abs(t - view.t) * step > room) context.fillText(t === 0 ? "t = 0" : String(t), x + (t + 0.5) * step, y + height + 4);
      }
      drawNow(context, view, x + (view.t + 0.5) * step, y + height + 4);
    }
    const row = height / view.slots.length;
    const every = tickStep(row, 15 * view.zoom);
    context.textAlign = "right";
    context.textBaseline = "middle";
    const near = view.slots.indexOf(view.slot);
    view.slots.forEach((slot, i) => {
      if (near >= 0 && Math.abs(i - near) * row < 12 * view.zoom) return;
      const shown = view.order === "first write" ? i % every === 0 : slot % every === 0 || (view.order !== "all" && row >= 15 * view.zoom);
      if (shown) context.fillText(String(slot), x - 6, y + (i + 0.5) * row);
    });
  }
}

function drawNow(context, view, x, y) {
  context.save();
  context.fillStyle = view.ink.ink;
  context.font = `650 ${11.5 * view.zoom}px ${view.ink.font}`;
  context.fillText(String(view.t), x, y);
  context.restore();
}

/** The ends of a sparkline's scale, at its right. */
function drawScale({ context, view }, { rect, shown, bound }) {
  if (shown?.form !== "lines" || !bound) return;
  context.font = `${10 * view.zoom}px ${view.ink.font}`;
  context.textAlign = "left";
  context.textBaseline = "middle";
  context.fillText(two(bound), rect.x + rect.width + 4, rect.y + 5);
  context.fillText("0", rect.x + rect.width + 4, rect.y + rect.height - 3);
}

/** In slow motion everything that has not happened yet in this pass is veiled. */
function dim({ context, view, units }) {
  if (!view.slow) return;
  context.fillStyle = view.ink.veil;
  const backward = view.slow.phase === "gradient" && !view.slow.remote;
  for (const unit of units) {
    if (!unit.rect || unit.panel.columns !== "t" || unit.place === "more") continue;
    const { x, y, width, height } = unit.rect;
    const edge = (width / view.T) * (backward ? view.slow.t : view.slow.t + 1);
    if (view.slow.phase === "loss" && unit.panel.group !== "episode") context.fillRect(x, y, width, height);
    else if (backward) context.fillRect(x, y, edge, height);
    else if (view.slow.phase === "forward") context.fillRect(x + edge, y, width - edge, height);
  }
}

/** The hovered cell, and its word in every picture that has words for columns. */
function drawHover({ context, view, units }) {
  const { hover } = view;
  if (!hover) return;
  context.strokeStyle = view.ink.ink;
  context.lineWidth = 1.5;
  const { unit, row, column } = hover;
  if (unit.rect && unit.shown?.form === "heatmap") {
    const [w, h] = [unit.rect.width / unit.grid.columns, unit.rect.height / (unit.order?.length ?? unit.grid.rows)];
    const place = unit.order ? unit.order.indexOf(row) : row;
    context.strokeRect(unit.rect.x + column * w - 0.5, unit.rect.y + place * h - 0.5, w + 1, h + 1);
  }
  if (hover.word === undefined) return;
  context.lineWidth = 1;
  context.globalAlpha = 0.55;
  for (const { rect, panel } of units) {
    if (!rect || panel.columns !== "word") continue;
    const w = rect.width / view.trace.sizes.word;
    context.strokeRect(rect.x + hover.word * w - 0.5, rect.y - 0.5, w + 1, rect.height + 1);
  }
  context.globalAlpha = 1;
}

function drawCursors({ context, view, units }) {
  context.lineWidth = 1.25;
  for (const unit of units) {
    if (!unit.rect || unit.panel.cursor !== "t" || unit.place === "more") continue;
    const { x, y, width, height } = unit.rect;
    const step = width / view.T;
    context.strokeStyle = context.fillStyle = view.ink.ink;
    context.globalAlpha = unit.panel.form === "lines" ? 0.35 : 0.7;
    if (unit.panel.form === "lines") context.fillRect(x + (view.t + 0.5) * step, y, 1, height);
    else context.strokeRect(x + view.t * step - 0.5, y - 0.5, step + 1, height + 1);
    context.globalAlpha = 1;
  }
}
