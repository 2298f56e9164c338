// From a value to a pixel: fixed scales by the kind of signal, 256-entry tables, zero is the paper.

import { RAMPS } from "./ramps.js";

export const NOT_FINITE = 0xff00c8ff; // ABGR of a yellow that no ramp holds: NaN and infinity stay visible
export const NOT_FINITE_CSS = "#ffc800";

/** A ramp as 256 little-endian RGBA pixels. */
export function tableOf(hex) {
  const table = new Uint32Array(256);
  for (let i = 0; i < 256; i++) {
    const rgb = parseInt(hex.slice(6 * i, 6 * i + 6), 16);
    table[i] = (0xff000000 | ((rgb & 0xff) << 16) | (rgb & 0xff00) | (rgb >> 16)) >>> 0;
  }
  return table;
}

const tables = new Map();

/** The table of a ramp ("write", "read", "plain", "signed", "gradient") in a theme, made once. */
export function table(theme, ramp) {
  const key = `${theme}.${ramp}`;
  if (!tables.has(key)) tables.set(key, tableOf(RAMPS[theme][ramp]));
  return tables.get(key);
}

/** A ramp's colour at a table index, for CSS. */
export function cssAt(theme, ramp, index) {
  return `#${RAMPS[theme][ramp].slice(6 * index, 6 * index + 6)}`;
}

/** Which ramp draws a panel. */
export function rampOf(scale, role) {
  if (scale === "signed" || scale === "gradient") return scale;
  return role === "write" || role === "read" ? role : "plain";
}

/** The bound of a panel's scale: 1 for unit and bit, the run's own for the others. */
export function boundOf(panel, limits, kind) {
  if (panel.scale === "unit" || panel.scale === "bit") return 1;
  if (kind === "memory") return limits?.memory || 1;
  const group = panel.scale === "positive" ? limits?.positive : limits?.signed;
  return group?.[panel.signal] || 1;
}

/** value -> table index; `root` is the labelled square-root scale. */
export function indexer(scale, bound, root) {
  const signed = scale === "signed" || scale === "gradient";
  const curve = root ? (x) => Math.sign(x) * Math.sqrt(Math.abs(x)) : (x) => x;
  if (signed) return (value) => Math.round(Math.min(1, Math.max(0, 0.5 + 0.5 * curve(value / bound))) * 255);
  return (value) => Math.round(Math.min(1, Math.max(0, curve(Math.max(0, value / bound)))) * 255);
}
