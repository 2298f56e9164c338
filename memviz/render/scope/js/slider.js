// A slider drawn on a canvas, usable by pointer, keyboard and screen reader.

import { h, onChange, setAttribute, sharp } from "./dom.js";

/**
 * `{ element, update({ min, max, value, text, position, draw, zoom, keys }) }`.
 * `onValue(fraction)` gets 0..1 along the track, `onStep(direction)` an arrow key, `onEnd(direction)` Home or End.
 * `draw(context, width, height, at, position)` paints the track when one of `keys` changed; `position` 0..1 places the thumb.
 */
export function createSlider({ label, height, inset = 9, onValue, onStep, onEnd }) {
  const canvas = h("canvas", { "aria-hidden": "true" });
  const element = h("div.slider", { role: "slider", tabindex: 0, "aria-label": label }, canvas);
  const fraction = (event) => {
    const box = element.getBoundingClientRect();
    return Math.min(1, Math.max(0, (event.clientX - box.left - inset) / Math.max(1, box.width - 2 * inset)));
  };
  let dragging = false;
  element.onpointerdown = (event) => {
    if (event.button !== 0) return;
    dragging = true;
    element.setPointerCapture(event.pointerId);
    element.focus({ preventScroll: true });
    onValue(fraction(event));
    event.preventDefault();
  };
  element.onpointermove = (event) => dragging && onValue(fraction(event));
  element.onpointerup = element.onpointercancel = () => (dragging = false);
  element.onkeydown = (event) => {
    const direction = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1 }[event.key];
    const end = { Home: -1, End: 1 }[event.key];
    if (event.shiftKey || (!direction && !end)) return;
    event.preventDefault();
    event.stopPropagation();
    if (direction) onStep(direction);
    else onEnd(end);
  };
  const paint = onChange((draw, width, zoom, position) => {
    const context = sharp(canvas, width, height * zoom);
    draw(context, width, height * zoom, (x) => inset + x * (width - 2 * inset), position);
  });
  const update = ({ min, max, value, text, position, draw, zoom, keys }) => {
    setAttribute(element, "aria-valuemin", min);
    setAttribute(element, "aria-valuemax", max);
    setAttribute(element, "aria-valuenow", value);
    setAttribute(element, "aria-valuetext", text);
    const width = element.clientWidth;
    if (width) paint([width, zoom, position, globalThis.devicePixelRatio, ...keys], draw, width, zoom, position);
  };
  return { element, update };
}

/** A thumb: a filled disc with a rim of paper. */
export function thumb(context, x, y, radius, colour, paper) {
  context.fillStyle = paper;
  context.beginPath();
  context.arc(x, y, radius + 2, 0, 2 * Math.PI);
  context.fill();
  context.fillStyle = colour;
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.fill();
}
