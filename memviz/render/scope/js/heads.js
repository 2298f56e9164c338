// What stands above the columns: titles, axes in words, colour scales, the choice of a head, and the stages' numbers.

import { boundOf, rampOf, table } from "./colours.js";
import { h, onChange, setAttribute, setText, sharp } from "./dom.js";
import { effectiveSlots, having, weightingOf } from "./facts.js";
import { drawHeatmap } from "./heatmap.js";
import { indexer } from "./colours.js";
import { two, weight } from "./numbers.js";
import { reduce, rowAt, valueAt } from "./reduce.js";
import { layered } from "./units.js";

/** The head of a column: `{ element, update(view) }`. */
export function createHead(column, main, heads, width, actions) {
  const title = h("h3", {}, "");
  const words = h("p.words", {}, "");
  const bar = h("canvas.bar", { "aria-hidden": "true" });
  const [low, high] = [h("span"), h("span")];
  const legend = h("div.legend", {}, low, bar, high);
  const chips = heads > 1 && main?.role !== "plain" && main ? headChips(column, heads, actions) : null;
  const element = h("div", {}, h("div.title", {}, title, chips?.element), words, main ? legend : null);
  element.firstChild.style.maxWidth = `${Math.max(width, 150)}px`;
  const scale = onChange((view, panel) => drawLegend(view, panel, bar, low, high));
  const update = (view) => {
    const panel = main ? layered(main, view) : null;
    setAttribute(title, "class", panel?.role ?? "plain");
    setText(title, titleOf(column, panel, view));
    setText(words, panel ? panel.legend : wordsOf(column));
    if (panel) scale([panel.signal, view.root, view.theme, view.limits, globalThis.devicePixelRatio], view, panel);
    chips?.update(view);
  };
  return { element, update };
}

function titleOf(column, panel, view) {
  if (!panel) return column.side === "write" ? "What comes in" : "What goes out";
  const name = panel.columns === "t" ? panel.title : `${panel.title} after step ${view.t}`;
  return panel.scale === "gradient" ? `dL / d ${panel.title.toLowerCase()}` : name;
}

function wordsOf(column) {
  return column.strips[0]?.legend ?? "";
}

function drawLegend(view, panel, bar, low, high) {
  const bound = boundOf(panel, view.limits, view.trace.signals[panel.signal].kind);
  const signed = panel.scale === "signed" || panel.scale === "gradient";
  const width = Math.round(72 * view.zoom);
  const data = Float32Array.from({ length: 96 }, (_, i) => (signed ? (2 * i) / 95 - 1 : i / 95));
  const index = indexer(panel.scale, 1, view.root);
  const colours = table(view.theme, rampOf(panel.scale, panel.role));
  drawHeatmap(bar, { width, height: Math.round(7 * view.zoom), grid: { data, rows: 1, columns: 96 }, table: colours, index, joint: "transparent" });
  setText(low, signed ? two(-bound) : "0");
  setText(high, `${two(bound)}${view.root ? "  √ scale" : ""}`);
}

/** Small multiples, one per head, that also choose the head; the first shows the maximum over all. */
function headChips(column, heads, actions) {
  const side = column.side;
  const overview = column.mains[0];
  const choices = [null, ...Array.from({ length: heads }, (_, head) => head)];
  const buttons = choices.map((head) => {
    const name = head === null ? "all" : String(head);
    const act = () => (head === null ? actions.autoHead() : actions.chooseHead(`${side}.${head}`));
    return h("button.chip", { type: "button", onclick: act, title: head === null ? "maximum over the heads" : `${side} head ${head}` }, h("canvas"), h("span", {}, name));
  });
  const draw = onChange((view) => {
    choices.forEach((head, i) => {
      const panel = { ...overview, reduce: [[head === null ? "max" : "take", side]] };
      const grid = reduce(panel, view.trace, { [side]: head ?? 0 });
      const colours = { table: table(view.theme, rampOf(panel.scale, panel.role)), index: indexer(panel.scale, 1, view.root) };
      drawHeatmap(buttons[i].firstChild, { width: 26 * view.zoom, height: 20 * view.zoom, grid, order: null, joint: "transparent", ...colours });
    });
  });
  const update = (view) => {
    draw([view.trace, view.theme, view.root, view.zoom], view);
    const own = view.chosen?.side === side ? view.chosen.head : null;
    buttons.forEach((button, i) => setAttribute(button, "aria-pressed", choices[i] === own));
  };
  return { element: h("div.chips", { role: "group", "aria-label": `${side} heads` }, ...buttons), update };
}

/** Title and numbers of the addressing stages: `{ title, cells, note, update(view) }`. */
export function createStageHead(stages, units, side) {
  const subject = h("span", { class: side });
  const tail = h("p.words");
  const title = h("div", {}, h("h3", {}, "How the ", subject, " found its slot"), tail, h("div.legend", { "aria-hidden": "true" }, "\u00a0"));
  const cells = stages.map((panel) => h("div.stage", {}, h("b", {}, panel.title.toLowerCase()), h("span.parameter"), h("span.spread")));
  const note = h("p.note");
  const update = (view) => {
    const head = view.headOf(side);
    setText(subject, view.trace.sizes[side] > 1 ? `${side} head ${head}` : `${side} head`);
    const length = view.layer === "gradient" ? "row = slot, length = |dL / d weight|" : stages[0].legend;
    setText(tail, `at t = ${view.t}; ${length}`);
    const steering = parameters(view.trace, side, view.t, head, stages.length);
    stages.forEach((panel, i) => {
      setText(cells[i].children[1], steering[i] ?? "");
      setText(cells[i].children[2], `${effectiveSlots(rowAt(view.trace, panel.signal, { t: view.t, [side]: head })).toFixed(1)} slots`);
    });
    setText(note, stageNote(view.trace, side, view.t, head));
  };
  return { title, cells, note, update };
}

/** The number that steers each stage, when the declared signals match the stages one by one. */
function parameters(trace, side, t, head, stages) {
  const scalars = Object.entries(trace.signals).filter(
    ([, signal]) => ["gate", "strength"].includes(signal.kind) && signal.dims.join() === `t,${side}`,
  );
  const shifts = having(trace, "distribution", ["t", side, "shift"]);
  if (scalars.length !== 3 || shifts.length !== 1 || stages !== 4) return [];
  const said = scalars.map(([name, signal]) => [signal.kind, two(valueAt(trace, name, { t, [side]: head }))]);
  const row = rowAt(trace, shifts[0], { t, [side]: head });
  const mean = row.reduce((sum, s, j) => sum + s * (j - (row.length - 1) / 2), 0);
  return [`strength ${said[0][1]}`, `gate ${said[1][1]}`, `shift ${mean >= 0 ? "+" : "−"}${weight(Math.abs(mean))}`, `sharpness ${said[2][1]}`];
}

function stageNote(trace, side, t, head) {
  const row = rowAt(trace, weightingOf(trace, side), { t, [side]: head });
  const slots = effectiveSlots(row);
  return `Effective slots = exp(entropy): how many slots the weight is spread over. Here it ends on ${slots.toFixed(1)}.`;
}
