// The line under a panel below the figure: what it says at the step on show, in numbers.

import { two, weight } from "./numbers.js";
import { mostAlike } from "./projection.js";
import { happened } from "./timeline.js";

const ROWS = { slot: "slot", hidden: "unit" }; // what a row is called; else by its dim

/** Whether a panel has such a line: answers write their numbers themselves. */
export function hasNow({ form, rows, columns }) {
  return form === "events" || form === "scatter" || columns === "t" ? form !== "answers" : rows === columns;
}

/** "t = 11: most in slot 6 (0.97), 8.1 in all", from the unit as it is drawn. */
export function nowOf({ panel, shown, grid }, view) {
  if (panel.form === "events") return said(view, happened(view.trace, view.t) || "no more than reads and writes");
  if (panel.form === "scatter") return said(view, closest(panel, view));
  if (!grid || !shown) return "";
  if (shown.rows === shown.columns) return said(view, strongest(grid, view.slots));
  if (grid.rows === 1) return said(view, two(grid.data[view.t]));
  return said(view, summed(grid, shown, view.t));
}

const said = ({ t }, text) => `t = ${t}: ${text}`;

/** The largest of a column by its size, and for shares of slots how much that is in all. */
function summed({ data, rows, columns }, { rows: dim, scale }, t) {
  const column = Array.from({ length: rows }, (_, row) => data[row * columns + t]);
  const top = column.reduce((best, value, row) => (Math.abs(value) > Math.abs(column[best]) ? row : best), 0);
  if (!column[top]) return "nothing";
  const total = dim === "slot" && scale === "unit" ? `, ${two(column.reduce((sum, value) => sum + value, 0))} in all` : "";
  return `most in ${ROWS[dim] ?? dim} ${top} (${two(column[top])})${total}`;
}

/** The largest entry where slots meet slots; the columns are in the order of `slots`, the rows are not. */
function strongest({ data, columns }, slots) {
  const top = data.reduce((best, value, i) => (value > data[best] ? i : best), 0);
  return data[top] ? `strongest in row slot ${Math.floor(top / columns)}, column slot ${slots[top % columns]} (${two(data[top])})` : "nothing";
}

/** The slot whose key is most like what the head asks for. */
function closest(panel, { trace, t, headOf }) {
  const { slot, value } = mostAlike(panel, trace, t, headOf("read"));
  return slot < 0 ? "nothing to compare" : `the query is most like slot ${slot} (cosine ${weight(value)})`;
}
