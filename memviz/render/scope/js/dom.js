// Small helpers over the DOM: elements, text that changes only when it must, sharp canvases.

/** An element: `h("button.primary", { onclick }, "text", child)`; null and false children are skipped. */
export function h(spec, props = {}, ...children) {
  const [tag, ...classes] = spec.split(".");
  const element = document.createElement(tag || "div");
  if (classes.length) element.className = classes.join(" ");
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === null) continue;
    if (name.startsWith("on")) element[name] = value;
    else if (value === true || value === false) element.toggleAttribute(name, value);
    else element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** Sets the text only when it differs, so that selections and screen readers are left in peace. */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** Shows or hides an element, and says whether it is shown. */
export function show(element, visible) {
  if (element.hidden === visible) element.hidden = !visible;
  return visible;
}

/** Sets an attribute only when it differs. */
export function setAttribute(element, name, value) {
  if (element.getAttribute(name) !== String(value)) element.setAttribute(name, value);
}

/**
 * Makes a canvas `width` by `height` CSS pixels at the screen's own resolution.
 * Returns its context, cleared, with CSS pixels as units.
 */
export function sharp(canvas, width, height) {
  const ratio = globalThis.devicePixelRatio || 1;
  const [w, h] = [Math.max(1, Math.round(width * ratio)), Math.max(1, Math.round(height * ratio))];
  if (canvas.width !== w || canvas.height !== h) {
    canvas.width = w;
    canvas.height = h;
    canvas.style.width = `${width}px`;
    canvas.style.height = `${height}px`;
  }
  const context = canvas.getContext("2d");
  context.setTransform(w / width, 0, 0, h / height, 0, 0);
  context.clearRect(0, 0, width, height);
  return context;
}

/** Calls `update` only when one of `keys` (a list of primitives or references) changed since the last call. */
export function onChange(update) {
  let last = null;
  return (keys, ...rest) => {
    if (last && last.length === keys.length && last.every((key, i) => Object.is(key, keys[i]))) return;
    last = keys;
    update(...rest);
  };
}
