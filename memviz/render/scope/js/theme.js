// Light or dark: from the host, or from the system; the canvas takes its inks from the same CSS variables as the page.

const NAMES = ["paper", "ink", "muted", "hair", "track", "veil", "spread", "write", "read", "good", "bad"];

/** The inks of a mounted scope as plain colours, with the font of its text. */
export function inksOf(root) {
  const style = getComputedStyle(root);
  const inks = Object.fromEntries(NAMES.map((name) => [name, style.getPropertyValue(`--${name}`).trim()]));
  return { ...inks, font: style.fontFamily };
}

/** Calls `onTheme("light" | "dark")` now and whenever the system changes; `wanted` other than "auto" is final. */
export function followTheme(wanted, onTheme) {
  const media = matchMedia("(prefers-color-scheme: dark)");
  const tell = () => onTheme(wanted === "light" || wanted === "dark" ? wanted : media.matches ? "dark" : "light");
  media.addEventListener("change", tell);
  tell();
  return () => media.removeEventListener("change", tell);
}

/** Whether the person asked for less motion. */
export function calm() {
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
}
