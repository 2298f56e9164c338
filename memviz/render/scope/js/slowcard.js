// The card of the slow motion: which phase of the update is on, what it means, and how much each block of weights moves.

import { h, onChange, setAttribute, setText, show } from "./dom.js";
import { two } from "./numbers.js";
import { PHASES } from "./slow.js";

/** `{ element, update(view) }`. */
export function createSlowCard(actions) {
  const steps = PHASES.map(([name]) => h("li", {}, name));
  const text = h("p");
  const blocks = h("div.blocks");
  const stop = h("button", { type: "button", onclick: actions.clear }, "leave slow motion");
  const element = h("section.slow", { "aria-label": "Slow motion" }, h("ol", {}, ...steps), text, blocks, stop);
  const fill = onChange((list) => blocks.replaceChildren(...blockRows(list)));
  const update = (view) => {
    if (!show(element, Boolean(view.slow && view.slow.phase !== "waiting"))) return;
    PHASES.forEach(([name, says], i) => {
      const on = name === view.slow.phase;
      setAttribute(steps[i], "aria-current", on ? "step" : "false");
      if (on) setText(text, name === "loss" && Number.isFinite(view.loss) ? `${says} Here: ${two(view.loss)} nats per bit.` : says);
    });
    const list = view.blocks ?? view.trace.meta.blocks ?? [];
    fill([list], list);
    show(blocks, view.slow.phase === "update" && list.length > 0);
  };
  return { element, update };
}

/** One bar per parameter block: the norm of its gradient. */
function blockRows(list) {
  const peak = Math.max(1e-12, ...list.map(([, norm]) => norm));
  return list.map(([name, norm]) => {
    const bar = h("span.bar");
    bar.style.width = `${(100 * norm) / peak}%`;
    return h("div.block-row", {}, h("span.name", {}, name), h("span.rail", {}, bar), h("span.value", {}, two(norm)));
  });
}
