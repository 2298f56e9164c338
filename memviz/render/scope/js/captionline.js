// The caption as it stands under the figure, the readout of a hovered value, and the voice for screen readers.

import { captionParts, captionText } from "./caption.js";
import { h, onChange, setText } from "./dom.js";
import { formulaOf } from "./formula.js";
import { exact } from "./numbers.js";

const HINT = "Hover over any cell for its value and its formula; click to pin; ? lists the keys.";
const GRADIENT_HINT = "The gradient: where magenta, a larger value would raise the loss; where green, it would lower it.";

/** `{ element, update(view) }`. */
export function createCaption() {
  const sentence = h("p.sentence");
  const readout = h("p.readout");
  const voice = h("div.voice", { role: "status", "aria-live": "polite" });
  const element = h("div.caption", {}, sentence, readout, voice);
  const write = onChange((view) => {
    const parts = captionParts(view.trace, { t: view.t, side: view.side, head: view.head });
    sentence.replaceChildren(...parts.flatMap(([text, role]) => [h(`span.${role}`, {}, text), " "]));
    
    if (!view.playing && !view.hover && !view.slow) setText(voice, captionText(parts));
  });
  const update = (view) => {
    write([view.trace, view.t, view.side, view.head, view.playing, Boolean(view.hover)], view);
    setText(readout, readoutOf(view));
  };
  return { element, update };
}

/** "write weighting[t 4, slot 4] = 0.9973" and its formula, for the hovered value; a hint when nothing is hovered. */
export function readoutOf(view) {
  const { hover, trace } = view;
  if (!hover || !trace.signals[hover.signal]) return view.layer === "gradient" ? GRADIENT_HINT : HINT;
  const at = { ...hover, t: hover.t ?? view.t };
  const dims = trace.signals[hover.signal].dims;
  const place = dims.map((dim) => (dim === "read" || dim === "write" ? `head ${at.head}` : dim === "t" ? `t ${at.t}` : `${dim} ${at[dim] ?? "–"}`));
  const formula = formulaOf(trace, at);
  return `${hover.signal.replaceAll("_", " ")} [${place.join(", ")}] = ${exact(hover.value)}${formula ? `   ·   ${formula}` : ""}`;
}
