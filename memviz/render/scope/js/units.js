// A unit is one panel on the page: its canvas, its size, and when it has to be drawn again.

import { answersOf, drawAnswers } from "./answers.js";
import { drawBars } from "./bars.js";
import { boundOf, cssAt, indexer, rampOf, table } from "./colours.js";
import { h, onChange } from "./dom.js";
import { drawHeatmap } from "./heatmap.js";
import { drawLine } from "./lines.js";
import { drawMarks } from "./marks.js";
import { reduce } from "./reduce.js";
import { drawScatter } from "./scatter.js";
import { projectionOf } from "./projection.js";
import { drawTimeline } from "./timeline.js";

/**
 * A unit for `panel`, drawn `width` by `height` CSS pixels; `place` is "strip", "main", "below", "stage" or "more".
 * `apart`: it lies outside the overlay, and draws its own marks.
 */
export function createUnit(panel, place, side, width, height, apart = false) {
  const canvas = h("canvas.plot", { role: "img", "aria-label": `${panel.title}: ${panel.legend}` });
  canvas.dataset.panel = panel.id;
  const unit = { panel, place, side, width, height, apart, canvas, rect: null, shown: null, grid: null, order: null };
  unit.draw = onChange((view) => drawUnit(unit, view));
  return unit;
}

/** The panel as the layer shows it: in the gradient layer the gradient of its signal, where the trace has it. */
export function layered(panel, view) {
  const name = `d_${panel.signal}`;
  if (view.layer !== "gradient" || view.trace.signals[name]?.derived !== panel.signal) return panel;
  const taken = (panel.reduce ?? []).map(([rule, dim]) => [rule === "max" ? "take" : rule, dim]);
  return { ...panel, signal: name, scale: "gradient", reduce: taken, form: panel.form === "bars" ? "bars" : "heatmap", rows: panel.rows };
}

/** Draws the unit if anything it shows has changed. */
export function updateUnit(unit, view) {
  const moves = unit.panel.cursor !== "t" || unit.panel.form === "lines" || unit.apart;
  const head = view.headOf(unit.side);
  const ratio = globalThis.devicePixelRatio || 1;
  const marks = unit.apart ? [view.slot, view.hover?.unit === unit ? view.hover : null] : [];
  unit.draw([view.trace, moves ? view.t : 0, head, view.slots, view.root, view.layer, view.theme, view.limits, ratio, ...marks], view);
}

function drawUnit(unit, view) {
  const { panel } = unit;
  unit.shown = panel;
  if (panel.form === "events") drawTimeline(unit.canvas, { ...sizeOf(unit), trace: view.trace, order: view.slots, ink: view.ink });
  else if (panel.form === "answers") drawPhases(unit, view);
  else if (panel.form === "scatter") drawPoints(unit, view);
  else drawGrid(unit, view);
  if (unit.apart && !["answers", "scatter"].includes(panel.form)) drawMarks(unit, view);
}

function sizeOf({ width, height }) {
  return { width, height };
}

function drawPhases(unit, { trace, t, ink, zoom }) {
  const [rows, now] = [answersOf(unit.panel, trace), trace.meta.phases?.[t]];
  drawAnswers(unit.canvas, { ...sizeOf(unit), rows, ink, font: `${11.5 * zoom}px ${ink.font}`, now });
}

function drawPoints(unit, view) {
  const { panel } = unit;
  const { trace, t, slot, ink, zoom } = view;
  const font = `${11 * zoom}px ${ink.font}`;
  drawScatter(unit.canvas, { ...sizeOf(unit), panel, trace, t, slot, ink, font });
  const [first, second] = projectionOf(panel, trace).share.map((share) => Math.round(100 * share));
  unit.note = `across ${first} %, up ${second} % of the spread`;
}

function drawGrid(unit, view) {
  const panel = layered(unit.panel, view);
  const { trace, theme, root } = view;
  const head = view.headOf(unit.side);
  const whole = reduce(panel, trace, { t: view.t, read: head, write: head });
  const grid = panel.rows === panel.columns ? columnsOf(whole, view.slots) : whole;
  const kind = trace.signals[panel.signal].kind;
  const bound = boundOf(panel, view.limits, kind);
  const size = { width: unit.width, height: unit.height };
  Object.assign(unit, { grid, bound, shown: panel, order: panel.rows === "slot" || panel.columns === "slot" ? view.slots : null });
  const ramp = rampOf(panel.scale, panel.role);
  if (panel.form === "bars") {
    const gradient = panel.scale === "gradient";
    const values = gradient ? grid.data.map((value) => Math.abs(value)) : grid.data;
    const colours = { colour: cssAt(theme, ramp, gradient ? 180 : 150), deep: cssAt(theme, ramp, theme === "light" ? 215 : 200) };
    const font = unit.width >= 90 * view.zoom ? { text: `${10 * view.zoom}px ${view.ink.font}`, ink: view.ink.ink, paper: view.ink.paper } : null;
    drawBars(unit.canvas, { ...size, font, values, bound, order: view.slots, ...colours, hair: view.ink.hair });
  } else if (panel.form === "lines" && panel.scale !== "gradient") {
    drawLine(unit.canvas, { ...size, values: grid.data, bound, colour: view.ink[panel.role] ?? view.ink.ink, hair: view.ink.hair, t: view.t });
  } else {
    drawHeatmap(unit.canvas, { ...size, grid, order: unit.order, table: table(theme, ramp), index: indexer(panel.scale, bound, root), joint: view.ink.paper });
  }
}

/** A grid with its columns in this order; the rows are put in order as they are drawn. */
function columnsOf({ data, rows, columns }, order) {
  const picked = new Float32Array(rows * order.length);
  for (let i = 0; i < rows; i++) order.forEach((column, j) => (picked[i * order.length + j] = data[i * columns + column]));
  return { data: picked, rows, columns: order.length };
}
