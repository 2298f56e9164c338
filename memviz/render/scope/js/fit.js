// How large a step, a word and a slot are drawn: whole pixels where possible, the same step width in every panel.

const clamp = (low, value, high) => Math.min(high, Math.max(low, value));
const LEAST_MEMORY = 140; // pixels, so that its title has room
const SCALE = 26; // pixels at the right for the numbers of a scale
const CRAMPED = 4; // pixels a step, under which the stages leave the weightings' side

/**
 * Sizes in CSS pixels for a figure `width` wide.
 * `near`: some rows of many, as tall as there is room for.
 * `tier` is "wide" or "narrow" (everything in one column); `beside`: the stages stand beside the weightings.
 */
export function fit({ width, T, words, slots, stages, columns, zoom, folded, near = false }) {
  const gutter = Math.round(58 * zoom);
  const gap = Math.round(22 * zoom);
  const screen = globalThis.innerHeight || 900;
  const height = clamp(300, screen * (folded ? 0.36 : 0.38), 540) * Math.sqrt(zoom);
  if (width < 640 * Math.sqrt(zoom)) return narrow({ width, T, words, slots, gutter, gap, zoom, near });
  const wings = Math.max(1, columns.filter((side) => side !== "memory").length);
  const middle = words ? Math.round(48 * zoom) : 0;
  const most = Math.max(8, 1.5 * rowHeight(slots || T, Infinity, height));
  const beside = { stage: Math.round(62 * zoom), width: stages * Math.round(62 * zoom) + (stages - 1) * 10 + gap + Math.round(14 * zoom) };
  const room = width - wings * gutter - middle - gap * (columns.length - 1) - SCALE * zoom;
  const cells = (free) => cellSizes(free, { wings, T, words, most, zoom });
  const together = stages > 0 && !folded && width >= 920 * zoom ? cells(room - beside.width) : { step: 0 };
  const fits = together.step >= CRAMPED;
  const { step, word } = fits ? together : cells(room);
  const stage = fits ? beside.stage : Math.round(clamp(50, (width - gutter) / 4 - 20, 150));
  return { tier: "wide", gutter, middle, gap, step, word, row: rowHeight(slots, near ? Infinity : step, height), stage, beside: fits, strip: stripRow(step) };
}

/** Everything in one column: the panels are as wide as the screen. */
function narrow({ width, T, words, slots, gutter, gap, zoom, near }) {
  const inner = Math.min(width - gutter - SCALE * zoom, 460 * zoom);
  const step = inner / Math.max(1, T);
  const row = rowHeight(slots, near ? Infinity : step, 300 * zoom);
  return { tier: "narrow", gutter, middle: gutter, gap, step, word: inner / Math.max(1, words), row, stage: (inner - 30) / 4, beside: false, strip: stripRow(step) };
}

/** The widths of a step and of a word that share `free` pixels; fractions of a pixel only in very long episodes. */
function cellSizes(free, { wings, T, words, most, zoom }) {
  const least = words ? (LEAST_MEMORY * zoom) / words : 0;
  const fair = free / (wings * T + 1.1 * words);
  const wide = (free - words * Math.max(least, 1.1 * fair)) / (wings * T);
  const step = wide < 2 ? wide : Math.floor(Math.min(wide, most, 22 * zoom));
  const left = (free - wings * T * step) / Math.max(1, words);
  const word = Math.min(left, Math.max(least, Math.min(step * 1.4, most * 1.2)));
  return { step, word: words ? (word < 2 ? word : Math.floor(word)) : 0 };
}

function stripRow(step) {
  return clamp(4, Math.round(step * 0.45), 8);
}

/** A slot's row: square if there is room, never under 2 pixels, so that 128 slots are still told apart. */
function rowHeight(slots, step, height) {
  if (!slots) return 0;
  const least = Math.min(3, Math.floor(520 / slots));
  return Math.max(2, least, Math.min(Math.round(step), Math.floor(height / slots)));
}
