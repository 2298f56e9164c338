// The learning curves, on the training transport's own axis, each with the level of a network that knows nothing.

import { h, onChange, setText, sharp, show } from "./dom.js";
import { two } from "./numbers.js";
import { shownUpdate, trainingAxis } from "./records.js";

const CURVES = [
  { key: "bits", title: "bits per sequence", chance: "chance_bits" },
  { key: "wrong", title: "wrong bits", chance: "chance_wrong" },
  { key: "norm", title: "gradient norm", log: true },
];

/** `{ element, update(view) }`. */
export function createCurves() {
  const charts = CURVES.map((spec) => {
    const canvas = h("canvas", { role: "img", "aria-label": `${spec.title} over training` });
    const value = h("span.value");
    const low = h("span.low");
    const chance = h("span.chance");
    return { spec, canvas, value, low, chance, element: h("div.curve", {}, h("div.curve-head", {}, h("span", {}, spec.title), chance, value), canvas, low) };
  });
  const element = h("section.curves", {}, h("h2", {}, "Learning"), ...charts.map((chart) => chart.element));
  const draw = onChange((view) => charts.forEach((chart) => drawCurve(view, chart)));
  const update = (view) => {
    if (!show(element, view.curve.update.length > 1)) return;
    draw([view.curve, view.theme, view.width, view.zoom, shownUpdate(view), view.status?.update, view.status?.solved_at, globalThis.devicePixelRatio], view);
  };
  return { element, update };
}

function drawCurve(view, { spec, canvas, value, low, chance: said }) {
  const { curve, ink, status, zoom } = view;
  const width = canvas.parentElement.clientWidth;
  if (!width) return;
  const height = Math.round(50 * zoom);
  const context = sharp(canvas, width, height);
  const axis = trainingAxis(view);
  const values = curve[spec.key];
  const chance = status?.metrics?.[spec.chance];
  const scale = spec.log ? logScale(values, height) : linearScale(values, chance, height);
  const x = (u) => 1 + axis.to(u) * (width - 2);
  drawGround(context, { width, height, ink, chance, y: scale.y, solved: Number.isFinite(status?.solved_at) ? x(status.solved_at) : null });
  drawPath(context, curve.update, values, x, scale.y, ink.ink);
  const at = x(shownUpdate(view));
  context.fillStyle = ink.muted;
  context.fillRect(Math.round(at), 0, 1, height);
  setText(value, two(valueNear(curve.update, values, shownUpdate(view))));
  setText(low, scale.says);
  setText(said, Number.isFinite(chance) ? `┄ chance ${two(chance)}` : "");
}

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

function drawGround(context, { width, height, ink, chance, y, solved }) {
  context.fillStyle = ink.hair;
  context.fillRect(0, height - 1, width, 1);
  if (solved !== null) {
    context.fillStyle = ink.good;
    context.fillRect(Math.round(solved) - 1, height - 8, 2, 8);
  }
  if (!Number.isFinite(chance)) return;
  context.strokeStyle = ink.muted;
  context.setLineDash([2, 3]);
  context.beginPath();
  context.moveTo(0, y(chance));
  context.lineTo(width, y(chance));
  context.stroke();
  context.setLineDash([]);
}

function drawPath(context, updates, values, x, y, colour) {
  context.strokeStyle = colour;
  context.lineWidth = 1.5;
  context.lineJoin = "round";
  context.beginPath();
  let open = false;
  updates.forEach((u, i) => {
    if (!Number.isFinite(values[i])) open = false;
    else if (open) context.lineTo(x(u), y(values[i]));
    else {
      context.moveTo(x(u), y(values[i]));
      open = true;
    }
  });
  context.stroke();
}

/** The last value at or before an update. */
export function valueNear(updates, values, u) {
  let found = values[0];
  for (let i = 0; i < updates.length && updates[i] <= u; i++) found = values[i];
  return found;
}
