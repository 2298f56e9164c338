// Keys and what they do; the help overlay lists this very table.

export const KEYS = [
  ["Space", " ", "playPause", "play or pause the episode"],
  ["←", "ArrowLeft", "back", "one step back"],
  ["→", "ArrowRight", "forward", "one step forward"],
  ["Shift ←", "Shift+ArrowLeft", "previousEvent", "previous event"],
  ["Shift →", "Shift+ArrowRight", "nextEvent", "next event"],
  ["Home", "Home", "first", "first step"],
  ["End", "End", "last", "last step"],
  ["↑", "ArrowUp", "previousHead", "previous head"],
  ["↓", "ArrowDown", "nextHead", "next head"],
  ["[", "[", "trainingBack", "previous recorded update"],
  ["]", "]", "trainingForward", "next recorded update"],
  ["p", "p", "replay", "replay the training"],
  ["g", "g", "toggleLayer", "gradient layer: how the loss wants every value to change"],
  ["q", "q", "toggleRoot", "square-root scale: small weights become visible"],
  ["o", "o", "cycleOrder", "slots: all, touched, by first write"],
  ["z", "z", "toggleNear", "a large memory: near the slot, or all of it"],
  ["l", "l", "toggleProjector", "large type, for a projector"],
  ["Esc", "Escape", "clear", "clear pin, hover and help"],
  ["?", "?", "toggleHelp", "this list"],
];

/** The action of a keyboard event, or null: typing into a field and the browser's own shortcuts are left alone. */
export function actionOf(event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return null;
  const target = event.composedPath?.()[0] ?? event.target;
  const tag = target?.tagName;
  if (tag === "TEXTAREA" || tag === "SELECT" || target?.isContentEditable) return null;
  if (tag === "INPUT" && target.type !== "range" && event.key !== "Escape") return null;
  if (event.key === " " && (tag === "BUTTON" || tag === "SUMMARY" || tag === "A")) return null;
  const arrows = event.key.startsWith("Arrow") || event.key === "Home" || event.key === "End";
  if (arrows && (target?.getAttribute?.("role") === "slider" || tag === "INPUT")) return null;
  const name = event.shiftKey && event.key.startsWith("Arrow") ? `Shift+${event.key}` : event.key;
  return KEYS.find(([, key]) => key === name)?.[2] ?? null;
}
