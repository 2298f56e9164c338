// How a hovered value is said: in full under the figure with its formula, and short beside the pointer.

import { formulaOf } from "./formula.js";
import { exact } from "./numbers.js";

const HINT = "Hover over any cell for its value and its formula; click to pin; ? lists the keys.";
const GRADIENT_HINT = "The gradient: where magenta, a larger value would raise the loss; where green, it would lower it.";

/** "write weighting[t 4, slot 4] = 0.9973" and its formula, for the hovered value; a hint when nothing is hovered. */
export function readoutOf(view) {
  const { hover, trace } = view;
  if (!hover || !trace.signals[hover.signal]) return view.layer === "gradient" ? GRADIENT_HINT : HINT;
  if (hover.says) return [hover.unit.panel.title, placeText(hover), hover.says].filter(Boolean).join(" · ");
  const at = { ...hover, t: hover.t ?? view.t };
  const formula = formulaOf(trace, at);
  return `${hover.signal.replaceAll("_", " ")} [${dimsText(trace.signals[hover.signal].dims, at)}] = ${exact(hover.value)}${formula ? `   ·   ${formula}` : ""}`;
}

/** Where in its array a value stands; where slots meet slots, which is the row and which the column. */
function dimsText(dims, at) {
  if (at.across !== undefined) return `t ${at.t}, row slot ${at.slot}, column slot ${at.across}`;
  return dims.map((dim) => (dim === "read" || dim === "write" ? `head ${at.head}` : dim === "t" ? `t ${at.t}` : `${dim} ${at[dim] ?? "–"}`)).join(", ");
}

/** "t = 4, slot 7": what of the place is the same in other panels. */
export function placeText({ t, slot, across }) {
  const named = across === undefined ? `slot ${slot}` : `row slot ${slot}, column slot ${across}`;
  return [t === undefined ? "" : `t = ${t}`, slot === undefined ? "" : named].filter(Boolean).join(", ");
}

/** The value itself. */
export function valueText({ says, value }) {
  return says ?? exact(value);
}
