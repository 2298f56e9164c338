// The pointer over the figure: hovering previews a step and a slot in every panel, a click pins them.

import { h, setText, show } from "./dom.js";
import { exact } from "./numbers.js";
import { under } from "./units.js";

/** Wires the pointer to `figure`; returns `{ element (the floating value), update(view) }`. */
export function createPointer(figure, getView, actions) {
  const value = h("div.tip", { hidden: true, "aria-hidden": "true" });
  const canvas = figure.element.firstChild;
  canvas.append(value);
  const find = (event) => {
    const view = getView();
    if (!view) return null;
    const box = canvas.getBoundingClientRect();
    const [x, y] = [event.clientX - box.left, event.clientY - box.top];
    for (const unit of figure.state.units) {
      const hit = under(unit, x, y, view);
      if (hit) return { ...hit, trace: view.trace, x, y };
    }
    return null;
  };
  canvas.onpointermove = (event) => {
    if (event.pointerType === "touch" && !event.buttons) return;
    const hit = find(event);
    if (hit || getView()?.hover) actions.hover(hit);
  };
  canvas.onpointerleave = () => actions.hover(null);
  canvas.onclick = (event) => {
    const hit = find(event);
    if (!hit) return;
    if (hit.t !== undefined) actions.setT(hit.t);
    if (hit.slot !== undefined) actions.pin(getView().pin?.slot === hit.slot && hit.t === undefined ? null : hit.slot);
  };
  const update = (view) => {
    const { hover } = view;
    if (!show(value, Boolean(hover))) return;
    setText(value, exact(hover.value));
    const left = Math.min(hover.x + 14, canvas.clientWidth - 96);
    value.style.transform = `translate(${left}px, ${Math.max(0, hover.y - 30)}px)`;
  };
  return { update };
}
