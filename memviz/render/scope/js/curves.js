// The learning curves, on the training transport's own axis, each with the level of a network that knows nothing
// and, where 0 is out of reach, that of the best possible predictor.

import { h, onChange, setText, sharp, show } from "./dom.js";
import { grouped, two } from "./numbers.js";
import { shownUpdate, trainingAxis } from "./records.js";

const BIN = 4; // pixels over which single updates are brought together
const CURVES = [
  { key: "bits", title: "bits per sequence", chance: "chance_bits", bound: "bound_bits" },
  { key: "wrong", title: "wrong bits", chance: "chance_wrong", bound: "bound_wrong" },
  { key: "norm", title: "gradient norm", log: true },
];

/** `{ element, update(view) }`; the pointer over a curve says what every curve was there, a click goes there. */
export function createCurves(actions) {
  let axis = null;
  const charts = CURVES.map((spec) => {
    const at = (event) => axis?.from(Math.min(1, Math.max(0, (event.offsetX - 1) / (canvas.clientWidth - 2))));
    const over = { onpointermove: (event) => actions.hoverU(at(event)), onpointerleave: () => actions.hoverU(null), onclick: (event) => actions.setU(at(event)) };
    const canvas = h("canvas", { role: "img", "aria-label": `${spec.title} over training`, ...over });
    const value = h("span.value");
    const low = h("span.low");
    const chance = h("span.chance");
    return { spec, canvas, value, low, chance, element: h("div.curve", {}, h("div.curve-head", {}, h("span", {}, spec.title), chance, value), canvas, low) };
  });
  const element = h("section.curves", {}, h("h2", {}, "Learning"), ...charts.map((chart) => chart.element));
  const draw = onChange((view) => {
    const width = charts[0].canvas.parentElement.clientWidth; // all three are as wide: an update has the same x in each
    if (!width) return;
    const x = (u) => 1 + axis.to(u) * (width - 2);
    const xs = view.curve.update.map(x);
    charts.forEach((chart) => drawCurve(view, chart, { width, x, xs }));
  });
  const update = (view) => {
    if (!show(element, view.curve.update.length > 1)) return;
    axis = trainingAxis(view);
    draw([view.curve, view.theme, view.width, view.zoom, shownUpdate(view), view.hoverU, view.status?.update, view.solvedAt, globalThis.devicePixelRatio], view);
  };
  return { element, update };
}

function drawCurve(view, { spec, canvas, value, low, chance: said }, { width, x, xs }) {
  const { curve, ink, status, solvedAt, zoom, hoverU } = view;
  const u = Math.round(hoverU ?? shownUpdate(view));
  const height = Math.round(50 * zoom);
  const context = sharp(canvas, width, height);
  const values = curve[spec.key];
  const [chance, bound] = [status?.metrics?.[spec.chance], status?.metrics?.[spec.bound]];
  const scale = spec.log ? logScale(values, height) : linearScale(values, chance, height);
  drawGround(context, { width, height, ink, levels: [chance, bound], y: scale.y, solved: solvedAt === null ? null : x(solvedAt) });
  const bins = binned(xs, values, width, spec.log);
  drawSpread(context, bins, scale.y, ink.spread);
  drawMean(context, bins, scale.y, ink.ink, 1.6);
  context.fillStyle = ink.muted;
  context.fillRect(Math.round(x(u)), 0, 1, height);
  setText(value, `${hoverU === null ? "" : `u = ${grouped(u)}:  `}${two(valueNear(curve.update, values, u))}`);
  setText(low, scale.says);
  setText(said, [levelSays("chance", chance), levelSays("best", bound)].filter(Boolean).join(" "));
}

const levelSays = (name, level) => (Number.isFinite(level) ? `┄ ${name} ${two(level)}` : "");

function linearScale(values, chance, height) {
  const peak = Number.isFinite(chance) ? chance * 1.15 : Math.max(1e-9, ...values.filter(Number.isFinite));
  return { y: (v) => height - 2 - (height - 4) * Math.min(1, Math.max(0, v / peak)), says: "" };
}

function logScale(values, height) {
  const positive = values.filter((v) => v > 0 && Number.isFinite(v));
  const [low, high] = [Math.floor(Math.log10(Math.min(1, ...positive))), Math.ceil(Math.log10(Math.max(10, ...positive)))];
  const y = (v) => height - 2 - (height - 4) * Math.min(1, Math.max(0, (Math.log10(Math.max(v, 1e-30)) - low) / (high - low)));
  return { y, says: `log scale, ${two(10 ** low)} to ${two(10 ** high)}` };
}

function drawGround(context, { width, height, ink, levels, y, solved }) {
  context.fillStyle = ink.hair;
  context.fillRect(0, height - 1, width, 1);
  if (solved !== null) {
    context.fillStyle = ink.good;
    context.fillRect(Math.round(solved) - 1, height - 8, 2, 8);
  }
  context.strokeStyle = ink.muted;
  context.setLineDash([2, 3]);
  for (const level of levels.filter(Number.isFinite)) {
    context.beginPath();
    context.moveTo(0, y(level));
    context.lineTo(width, y(level));
    context.stroke();
  }
  context.setLineDash([]);
}

/** What happened in every BIN pixels: `{ x, low, high, mean }`; the mean of logarithms on a log scale. Pure. */
export function binned(xs, values, width, log = false) {
  const bins = Array.from({ length: Math.ceil(width / BIN) + 1 }, () => ({ n: 0, sum: 0, x: 0, low: Infinity, high: -Infinity }));
  values.forEach((value, i) => {
    if (!Number.isFinite(value) || (log && value <= 0)) return;
    const bin = bins[Math.max(0, Math.floor(xs[i] / BIN))];
    bin.n++;
    bin.x += xs[i];
    bin.sum += log ? Math.log(value) : value;
    bin.low = Math.min(bin.low, value);
    bin.high = Math.max(bin.high, value);
  });
  const full = bins.filter((bin) => bin.n);
  return full.map(({ n, x, sum, low, high }) => ({ x: x / n, low, high, mean: log ? Math.exp(sum / n) : sum / n }));
}

function drawSpread(context, bins, y, colour) {
  context.fillStyle = colour;
  context.beginPath();
  bins.forEach(({ x, high }, i) => (i ? context.lineTo(x, y(high)) : context.moveTo(x, y(high))));
  for (const { x, low } of [...bins].reverse()) context.lineTo(x, y(low));
  context.fill();
}

/** The line through the means. */
export function drawMean(context, bins, y, colour, thickness) {
  context.strokeStyle = colour;
  context.lineWidth = thickness;
  context.lineJoin = "round";
  context.beginPath();
  bins.forEach(({ x, mean }, i) => (i ? context.lineTo(x, y(mean)) : context.moveTo(x, y(mean))));
  context.stroke();
}

/** The last value at or before an update. */
export function valueNear(updates, values, u) {
  let found = values[0];
  for (let i = 0; i < updates.length && updates[i] <= u; i++) found = values[i];
  return found;
}
