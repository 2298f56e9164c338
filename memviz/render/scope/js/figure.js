// The figure: columns of panels that share their slot rows and their time axis, built anew only when their shape changes.

import { answersOf } from "./answers.js";
import { arrange, mainOf } from "./arrange.js";
import { h, onChange, setText } from "./dom.js";
import { stagesOf } from "./facts.js";
import { fit } from "./fit.js";
import { createHead, createStageHead } from "./heads.js";
import { createMinimap } from "./minimap.js";
import { hasNow, nowOf } from "./now.js";
import { two } from "./numbers.js";
import { createOverlay } from "./overlay.js";
import { keyOf } from "./timeline.js";
import { createUnit, updateUnit } from "./units.js";

/** The figure component: `{ element, update(view), units() }`; `actions` as in actions.js. */
export function createFigure(actions) {
  const grid = h("div.columns");
  const overlay = createOverlay();
  const minimap = createMinimap(actions);
  const more = h("div.parts");
  const element = h("div.figure", {}, h("div.canvas", {}, grid, overlay.canvas, minimap.element));
  const below = h("div.stages-below");
  const state = { units: [], labels: [], heads: [], sizes: null };
  const rebuild = onChange((view) => build(view, state, { grid, below, more }, actions));
  const update = (view) => {
    const { trace } = view;
    const shape = JSON.stringify([trace.sizes, trace.panels.map((panel) => panel.id)]);
    const chosen = ["write", "read"].map((side) => (view.chosen?.side === side ? view.chosen.head : null));
    const stageSide = stagesOf(trace, view.side).length ? view.side : "read";
    rebuild([shape, view.width, view.zoom, view.unfolded, view.slots.length, ...chosen, stageSide], { ...view, stageSide });
    for (const unit of state.units) if (unit.part?.open ?? true) updateUnit(unit, view);
    for (const head of state.heads) head(view);
    for (const label of state.labels) label(view);
    overlay.update(view, state, grid);
    minimap.update(view, state);
  };
  return { element, below, more, update, state };
}

function build(view, state, { grid, below, more }, actions) {
  const { trace } = view;
  const places = arrange(trace);
  const stages = view.unfolded ? places.stages[view.stageSide] : [];
  const sizes = fit({
    width: view.width,
    T: trace.T,
    words: places.columns.some((column) => column.side === "memory") ? (trace.sizes.word ?? 0) : 0,
    slots: view.slots.length,
    stages: stages.length,
    columns: places.columns.map((column) => column.side),
    zoom: view.zoom,
    folded: !view.unfolded,
    near: Boolean(view.range),
  });
  Object.assign(state, { units: [], labels: [], heads: [], sizes, rects: false });
  const blocks = places.columns.flatMap((column, i) => columnBlocks(column, i, view, state, actions));
  const staged = stages.length ? stageBlocks(stages, places.columns.length, view, state) : [];
  if (sizes.beside) blocks.push(...staged);
  below.replaceChildren(...(sizes.beside ? [] : staged));
  grid.className = `columns ${sizes.tier}${sizes.beside ? " beside" : ""}`;
  grid.style.columnGap = `${sizes.gap}px`;
  grid.replaceChildren(...blocks);
  const alone = !places.columns.some((column) => column.mains.length); // a model without memory is its own state
  const open = (group) => more.querySelector(`[data-group=${group}]`)?.open ?? (alone || ["answers", "events", "lengths"].includes(group));
  more.replaceChildren(...places.parts.map((part) => partBlock(part, open(part.group), view, state)));
  more.hidden = !view.unfolded;
}

/** Head, strips, main and below of one column, each in its own row of the grid. */
function columnBlocks(column, index, view, state, actions) {
  const { sizes } = state;
  const { trace } = view;
  const across = column.side === "memory" ? sizes.word * trace.sizes.word : sizes.step * trace.T;
  const gutter = column.side === "memory" ? sizes.middle : sizes.gutter;
  const heads = trace.sizes[column.side] ?? 1;
  const main = column.mains.length ? mainOf(column, view.chosen?.side === column.side ? view.chosen.head : null, heads) : null;
  const place = (name, ...children) => {
    const block = h(`div.block.${name}`, {}, ...children);
    block.style.cssText = `grid-column:${index + 1};padding-left:${gutter}px;width:${gutter + across}px`;
    return block;
  };
  const labelled = (panel, where, height) => {
    const unit = createUnit(panel, where, column.side === "memory" ? panel.role : column.side, across, height);
    state.units.push(unit);
    return h("div.line", {}, labelOf(unit, gutter, state), unit.canvas);
  };
  const head = createHead(column, main, heads, across, actions);
  state.heads.push(head.update);
  const strips = column.strips.map((panel) => labelled(panel, "strip", stripHeight(panel, trace, sizes, view.zoom)));
  const blocks = [place("head", head.element), place("strips", ...strips)];
  if (main) {
    const unit = createUnit(main, "main", column.side, across, sizes.row * view.slots.length);
    state.units.push(unit);
    blocks.push(place("main", unit.canvas));
  }
  if (view.unfolded) blocks.push(place("below", ...column.below.map((panel) => labelled(panel, "below", belowHeight(panel, sizes, trace, view.zoom)))));
  return blocks;
}

function stripHeight(panel, trace, sizes, zoom) {
  const rows = trace.sizes[panel.rows] ?? 1;
  return panel.columns === "t" ? rows * sizes.strip : Math.max(rows * 10, Math.round(12 * zoom));
}

function belowHeight(panel, sizes, trace, zoom) {
  if (panel.columns !== "t") return stripHeight(panel, trace, sizes, zoom);
  return Math.round((panel.form === "lines" ? 28 : 24) * zoom);
}

/** The name of a line in the gutter, with the value at t where there is one number to say. */
function labelOf(unit, gutter, state) {
  const name = h(`span.name${unit.place !== "strip" || unit.side === unit.panel.role ? `.${unit.panel.role}` : ""}`, {}, shortTitle(unit.panel));
  const value = h("span.value");
  const label = h("div.label", {}, name, unit.panel.form === "lines" ? value : null);
  label.style.width = `${gutter - 8}px`;
  if (unit.panel.form === "lines") state.labels.push((view) => setText(value, two(unit.grid?.data[view.t])));
  return label;
}

/** A panel's title without the side that its column already says. */
export function shortTitle(panel) {
  const title = panel.title.toLowerCase();
  const short = panel.role !== "plain" && title.startsWith(`${panel.role} `) ? title.slice(panel.role.length + 1) : title;
  return short === "vector" ? panel.role : short;
}

/** The stages of the address: one column each, their bars in the same slot rows as the weightings. */
function stageBlocks(stages, index, view, state) {
  const { sizes } = state;
  const units = stages.map((panel) => createUnit(panel, "stage", view.stageSide, sizes.stage, sizes.row * view.slots.length, !sizes.beside));
  state.units.push(...units);
  const heads = createStageHead(stages, units, view.stageSide);
  state.heads.push(heads.update);
  const tracks = `repeat(${stages.length}, ${sizes.stage}px)`;
  const block = (name, ...children) => {
    const element = h(`div.block.stages.${name}`, {}, ...children);
    element.style.cssText = `grid-column:${index + 1};padding-left:${sizes.beside ? 0 : sizes.gutter}px;${name === "head" ? "" : `grid-template-columns:${tracks}`}`;
    return element;
  };
  return [block("head", heads.title), block("strips", ...heads.cells), block("main", ...units.map((unit) => unit.canvas)), block("below", heads.note)];
}

/** A part below the figure: its panels side by side, to be opened and closed. */
function partBlock({ group, title, panels }, open, view, state) {
  const { sizes } = state;
  const body = h("div.more-body");
  body.style.cssText = `padding-left:${sizes.gutter}px;column-gap:${sizes.gap + sizes.gutter}px`;
  const element = h("details.more", { open }, h("summary", {}, title), body);
  element.dataset.group = group;
  body.append(...panels.map((panel) => moreBlock(panel, element, view, state)));
  return element;
}

function moreBlock(panel, part, view, state) {
  const unit = createUnit(panel, "more", panel.role, ...moreSize(panel, view, state.sizes), true);
  state.units.push(Object.assign(unit, { part }));
  const words = h("p.words");
  words.style.maxWidth = `${Math.max(unit.width, 220)}px`;
  state.labels.push(({ trace }) => setText(words, wordsOver(unit, trace)));
  const now = hasNow(panel) ? h("p.now", { "aria-live": "off" }) : null;
  if (now) state.labels.push((shown) => setText(now, nowOf(unit, shown)));
  return h(`div.more-panel.${panel.form}`, {}, h("h4", { class: panel.role }, panel.title), words, unit.canvas, now);
}

function wordsOver({ panel, bound, note }, trace) {
  if (panel.form === "events") return `${panel.legend}; ${keyOf(trace)}`;
  if (panel.form === "answers") return panel.legend;
  if (panel.form === "scatter") return `${panel.legend}${note ? ` (${note})` : ""}`;
  return bound === undefined ? panel.legend : `${panel.legend}; ${panel.scale === "signed" ? two(-bound) : "0"} to ${two(bound)}`;
}

/** Width and height in CSS pixels: steps and slots as wide and high as in the figure. */
function moreSize(panel, view, sizes) {
  const slots = sizes.row * view.slots.length;
  const square = Math.min(420, Math.max(220 * view.zoom, slots));
  if (panel.form === "scatter" || panel.rows === panel.columns) return [square, square];
  if (panel.form === "answers") return [Math.round(340 * view.zoom), Math.round(18 * view.zoom) * answersOf(panel, view.trace).length];
  const width = sizes.step * view.trace.T;
  if (panel.form === "lines") return [width, Math.round(28 * view.zoom)];
  if (panel.form === "events") return [width, Math.max(sizes.row, Math.min(13, 420 / (view.slots.length + 1))) * (view.slots.length + 1)];
  if (panel.rows === "slot") return [width, slots];
  const rows = view.trace.sizes[panel.rows] ?? 1;
  return [width, rows < 9 ? rows * Math.round(10 * view.zoom) : Math.min(rows * 5, 260)];
}
