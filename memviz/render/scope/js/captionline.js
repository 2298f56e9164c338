// The caption as it stands under the figure, the readout of a hovered value, and the voice for screen readers.

import { captionParts, captionText } from "./caption.js";
import { h, onChange, setText } from "./dom.js";
import { readoutOf } from "./readout.js";

/** `{ element, update(view) }`. */
export function createCaption() {
  const sentence = h("p.sentence");
  const readout = h("p.readout");
  const voice = h("div.voice", { role: "status", "aria-live": "polite" });
  const element = h("div.caption", {}, sentence, readout, voice);
  const write = onChange((view) => {
    const parts = captionParts(view.trace, { t: view.t, side: view.side, head: view.head });
    if (view.beyond !== null && !view.hover) parts.splice(1, 0, [`(its last step, held: the other is at ${view.beyond})`, "quiet"]);
    sentence.replaceChildren(...parts.flatMap(([text, role]) => [h(`span.${role}`, {}, text), " "]));
    if (!view.playing && !view.hover && !view.slow) setText(voice, captionText(parts));
  });
  const update = (view) => {
    write([view.trace, view.t, view.side, view.head, view.playing, view.beyond, Boolean(view.hover)], view);
    setText(readout, readoutOf(view));
  };
  return { element, update };
}
