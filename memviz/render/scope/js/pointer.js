// The pointer over any panel: hovering previews a step and a slot in every panel, a click pins them.

import { h, setText, show } from "./dom.js";
import { under } from "./hit.js";
import { placeText, valueText } from "./readout.js";

/** Wires the pointer to the panels of `figure` inside `ground`; returns `{ update(view) }`. */
export function createPointer(ground, figure, getView, actions) {
  const tip = h("div.tip", { hidden: true, "aria-hidden": "true" });
  ground.append(tip);
  const find = (event) => {
    const [view, unit] = [getView(), figure.state.units.find(({ canvas }) => canvas === event.target)];
    if (!view || !unit?.shown) return null;
    const [box, base] = [unit.canvas.getBoundingClientRect(), ground.getBoundingClientRect()];
    const hit = under(unit, (event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height, view);
    return hit && { ...hit, trace: view.trace, x: event.clientX - base.left, y: event.clientY - base.top };
  };
  ground.onpointermove = (event) => {
    if (event.pointerType === "touch" && !event.buttons) return;
    const hit = find(event);
    if (hit || getView()?.hover) actions.hover(hit);
  };
  ground.onpointerleave = () => actions.hover(null);
  ground.onclick = (event) => {
    const hit = find(event);
    if (!hit) return;
    if (hit.t !== undefined) actions.setT(hit.t);
    if (hit.slot !== undefined) actions.pin(getView().pin?.slot === hit.slot && hit.t === undefined ? null : hit.slot);
  };
  const update = ({ hover }) => {
    if (!show(tip, Boolean(hover))) return;
    setText(tip, hover.unit.apart ? [placeText(hover), valueText(hover)].filter(Boolean).join(": ") : valueText(hover));
    const left = Math.max(0, Math.min(hover.x + 14, ground.clientWidth - tip.offsetWidth));
    tip.style.transform = `translate(${left}px, ${Math.max(0, hover.y - 30)}px)`;
  };
  return { update };
}
