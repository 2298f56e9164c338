// The title line and the one sentence that teaches the picture; its coloured words are the legend.

import { h, setText, show } from "./dom.js";
import { weightingOf } from "./facts.js";

/** `{ element, update(view) }`. */
export function createTitle(notice, tools) {
  const title = h("h1");
  const lede = h("p.lede", {}, "Columns are steps, rows memory slots. Follow a word: heard, ", h("span.write", {}, "written"), " to a slot, kept, ", h("span.read", {}, "read"), ", answered.");
  const source = h("span.source");
  const element = h("header.masthead", {}, title, notice, lede, h("div.row", {}, source, tools));
  const update = (view) => {
    setText(title, titleOf(view.trace));
    setText(source, sourceOf(view));
    show(lede, Boolean(weightingOf(view.trace, "write") && weightingOf(view.trace, "read")));
  };
  return { element, update };
}

/** "Neural Turing Machine: Copy", from whatever the trace says about itself. */
export function titleOf(trace) {
  const { model, task, title } = trace.meta;
  return title || [model, task].filter(Boolean).join(": ") || "Episode";
}

function sourceOf({ trace, status, trains }) {
  if (trace.source === "recorded" && !status?.run) return `a recorded run${trains ? `; Train starts ${trains}` : ""}`;
  const { seed, memory } = trace.meta;
  const said = [seed === undefined || seed === null ? "" : `seed ${seed}`, memory?.saved ? "starts from a saved memory" : ""];
  return said.filter(Boolean).join(" · ");
}
