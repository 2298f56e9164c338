// The minimap: every slot of a large memory in one narrow strip, what was written and read in it, and which rows are in view.

import { cssAt, indexer } from "./colours.js";
import { h, onChange, setAttribute, sharp, show } from "./dom.js";
import { peaks, weightingOf } from "./facts.js";
import { MANY } from "./view.js";

const WIDTH = 14; // pixels
const LEAST_FRAME = 3; // pixels of the frame around the rows in view

/** `{ element, update(view, figure) }`; it stands in the gutter beside the first panel that has slots for rows. */
export function createMinimap(actions) {
  const canvas = h("canvas", { "aria-hidden": "true" });
  const title = "which slots are in view: drag, or the arrow keys, + and − (z: all)";
  const element = h("div.minimap", { role: "slider", tabindex: 0, "aria-orientation": "vertical", "aria-label": "slots in view", title, hidden: true }, canvas);
  let seen = null;
  listen(element, () => seen, actions);
  const draw = onChange((view, height) => paint(sharp(canvas, WIDTH * view.zoom, height), view, WIDTH * view.zoom, height));
  const update = (view, figure) => {
    seen = view;
    const main = figure.units.find((unit) => unit.place === "main" && unit.rect && unit.order);
    if (!show(element, Boolean(main) && view.allSlots.length > MANY)) return;
    const { x, y, height } = main.rect;
    element.style.transform = `translate(${x - figure.sizes.gutter}px, ${y}px)`;
    say(element, view);
    draw([view.trace, view.allSlots, view.slots, view.slot, view.theme, view.zoom, height, globalThis.devicePixelRatio], view, height);
  };
  return { element, update };
}

function listen(element, view, actions) {
  const centre = (event) => {
    const box = element.getBoundingClientRect();
    actions.centreSlots(Math.floor(((event.clientY - box.top) / box.height) * view().allSlots.length));
  };
  let dragging = false;
  element.onpointerdown = (event) => {
    if (event.button !== 0) return;
    dragging = true;
    element.setPointerCapture(event.pointerId);
    element.focus({ preventScroll: true });
    centre(event);
    event.preventDefault();
  };
  element.onpointermove = (event) => dragging && centre(event);
  element.onpointerup = element.onpointercancel = () => (dragging = false);
  element.ondblclick = () => actions.zoomSlots(Infinity);
  element.onkeydown = (event) => {
    const size = view().slots.length;
    const by = { ArrowUp: -1, ArrowDown: 1, ArrowLeft: -1, ArrowRight: 1, PageUp: -size, PageDown: size, Home: -Infinity, End: Infinity }[event.key];
    const zoom = { "+": 0.5, "=": 0.5, "-": 2, "−": 2 }[event.key];
    if ((!by && !zoom) || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    event.stopPropagation();
    if (by) actions.moveSlots(by);
    else actions.zoomSlots(zoom);
  };
}

function say(element, { allSlots, slots, range }) {
  const first = range?.start ?? 0;
  const text = range ? `rows ${first} to ${first + slots.length - 1} of ${allSlots.length}` : `all ${allSlots.length} rows`;
  const values = { valuemin: 0, valuemax: allSlots.length - slots.length, valuenow: first, valuetext: text };
  for (const [name, value] of Object.entries(values)) setAttribute(element, `aria-${name}`, value);
}

function paint(context, view, width, height) {
  const { trace, allSlots, slots, range, ink, theme, slot } = view;
  const row = height / allSlots.length;
  const index = indexer("unit", 1, true); // small weights count here: the question is where anything happened
  const sides = ["write", "read"].filter((side) => weightingOf(trace, side));
  sides.forEach((side, i) => {
    const most = peaks(trace, side);
    allSlots.forEach((name, place) => {
      context.fillStyle = cssAt(theme, side, index(most[name]));
      context.fillRect((i * width) / sides.length, place * row, width / sides.length, row + 0.5);
    });
  });
  context.lineWidth = 1;
  context.strokeStyle = ink.hair;
  context.strokeRect(0.5, 0.5, width - 1, height - 1);
  if (range) {
    const [top, tall] = [range.start * row, Math.max(LEAST_FRAME, slots.length * row)];
    context.fillStyle = ink.veil;
    context.fillRect(0, 0, width, top);
    context.fillRect(0, top + tall, width, height - top - tall);
    context.strokeStyle = ink.ink;
    context.lineWidth = 2;
    context.strokeRect(1, top + 1, width - 2, Math.max(1, tall - 2));
  }
  const place = allSlots.indexOf(slot);
  context.fillStyle = ink.ink;
  if (place >= 0) context.fillRect(0, Math.round((place + 0.5) * row) - 1, width, 2);
}
