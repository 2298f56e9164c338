// The help overlay: every key, and how to read the picture.

import { h, show } from "./dom.js";
import { KEYS } from "./keyboard.js";

/** `{ element, update(view) }`. */
export function createHelp(actions) {
  const rows = KEYS.map(([label, , , does]) => h("tr", {}, h("th", { scope: "row" }, h("kbd", {}, label)), h("td", {}, does)));
  const close = h("button", { type: "button", onclick: actions.toggleHelp }, "Close");
  const card = h(
    "div.card",
    { role: "dialog", "aria-modal": "true", "aria-label": "Keys and reading help" },
    h("h2", {}, "Reading the picture"),
    h("p", {}, "Every row is a memory slot, every column a step (or a word of the memory). The thread runs from the word that was heard, down to the slot it was written to, along that slot's row, to the step that reads it and up to the answer."),
    h("h2", {}, "Keys"),
    h("table", {}, ...rows),
    close,
  );
  const element = h("div.help", { hidden: true, onclick: (event) => event.target === element && actions.toggleHelp() }, card);
  let before = null;
  const update = (view) => {
    const opening = view.help && element.hidden;
    const closing = !view.help && !element.hidden;
    if (opening) before = element.getRootNode().activeElement;
    show(element, view.help);
    if (opening) close.focus({ preventScroll: true });
    if (closing) before?.focus?.();
  };
  return { element, update };
}
