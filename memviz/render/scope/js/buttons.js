// Transport buttons: drawn icons with spoken names.

import { h } from "./dom.js";

const ICONS = {
  first: "M4 3h2v10H4zM13 3v10L6.5 8z",
  back: "M11 3v10L4.5 8z",
  play: "M4.5 2.5v11L13 8z",
  pause: "M4 3h3v10H4zM9 3h3v10H9z",
  forward: "M5 3v10l6.5-5z",
  last: "M10 3h2v10h-2zM3 3v10l6.5-5z",
};
const NAMESPACE = "http://www.w3.org/2000/svg";

/** An icon of the table above. */
export function icon(name) {
  const svg = document.createElementNS(NAMESPACE, "svg");
  const path = document.createElementNS(NAMESPACE, "path");
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("aria-hidden", "true");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}

/** A square button with an icon; `say` is its spoken name and its tooltip. */
export function iconButton(name, say, onclick) {
  return h("button.icon", { type: "button", title: say, "aria-label": say, onclick }, icon(name));
}

/** First, back, play, step and last, in this order; `playing(bool)` turns play into pause. */
export function transportButtons(of, { first, back, play, forward, last }) {
  const playButton = iconButton("play", `play ${of}`, play);
  const element = h(
    "div.buttons",
    { role: "group", "aria-label": `${of} transport` },
    iconButton("first", `${of}: first`, first),
    iconButton("back", `${of}: one back`, back),
    playButton,
    iconButton("forward", `${of}: one step`, forward),
    iconButton("last", `${of}: last`, last),
  );
  let shown = false;
  const playing = (now) => {
    if (now === shown) return;
    shown = now;
    playButton.replaceChildren(icon(now ? "pause" : "play"));
    playButton.setAttribute("aria-label", now ? `pause ${of}` : `play ${of}`);
    playButton.title = now ? `pause ${of}` : `play ${of}`;
  };
  return { element, playing };
}
