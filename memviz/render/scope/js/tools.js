// The small switches of the figure: gradient layer, square-root scale, order of the slots, help.

import { h, setAttribute, setText, show } from "./dom.js";
import { ORDERS } from "./facts.js";
import { watched } from "./records.js";
import { hasGradients } from "./slow.js";

/** `{ element, update(view) }`. */
export function createTools(actions) {
  const gradient = h("button.switch", { type: "button", title: "the gradient of the loss (g)", onclick: actions.toggleLayer }, "gradient");
  const root = h("button.switch", { type: "button", title: "square-root scale (q)", onclick: actions.toggleRoot }, "√ scale");
  const order = h("button.switch", { type: "button", title: "which slots, in which order (o)", onclick: actions.cycleOrder }, "");
  const large = h("button.switch", { type: "button", title: "large type, for a projector (l)", onclick: actions.toggleProjector }, "large");
  const help = h("button.switch", { type: "button", title: "keys and help (?)", "aria-label": "keys and help", onclick: actions.toggleHelp }, "?");
  const element = h("div.switches", { role: "group", "aria-label": "figure" }, gradient, root, order, large, help);
  const update = (view) => {
    show(gradient, view.unfolded && (hasGradients(view.trace) || watched(view)));
    show(root, view.unfolded);
    show(large, view.unfolded);
    setAttribute(large, "aria-pressed", view.projector);
    setAttribute(gradient, "aria-pressed", view.layer === "gradient");
    setAttribute(root, "aria-pressed", view.root);
    setText(order, ORDERS[view.order]);
    show(order, view.unfolded && Boolean(view.trace.sizes.slot));
    setAttribute(order, "aria-pressed", view.order !== "all");
  };
  return { element, update };
}
