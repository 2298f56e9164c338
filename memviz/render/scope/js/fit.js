// How large a step, a word and a slot are drawn: whole pixels where possible, the same step width in every panel.

const clamp = (low, value, high) => Math.min(high, Math.max(low, value));

/**
 * Sizes in CSS pixels for a figure `width` wide.
 * `tier` is "wide" (stages beside the figure), "medium" (below it) or "narrow" (everything in one column).
 */
export function fit({ width, T, words, slots, stages, columns, zoom, folded }) {
  const gutter = Math.round(58 * zoom);
  const middle = Math.round(48 * zoom);
  const gap = Math.round(22 * zoom);
  const tier = width < 640 * Math.sqrt(zoom) ? "narrow" : "wide";
  if (tier === "narrow") {
    const inner = Math.min(width - gutter - 4, 460 * zoom);
    const step = inner / Math.max(1, T);
    return { tier, gutter, middle: gutter, gap, step, word: inner / Math.max(1, words), row: rowHeight(slots, step, 300 * zoom), stage: (inner - 30) / 4, beside: false, strip: clamp(4, step * 0.5, 7) };
  }
  const stage = Math.round(62 * zoom);
  const beside = stages > 0 && !folded && width >= 920 * zoom;
  const wings = beside ? stages * stage + (stages - 1) * 10 + gap + Math.round(14 * zoom) : 0;
  const wide = columns.filter((side) => side !== "memory").length;
  const free = width - wide * gutter - (words ? middle : 0) - gap * 2 - wings - 4;
  const screen = globalThis.innerHeight || 900;
  const height = folded ? clamp(320, screen * 0.42, 560) : clamp(300, screen * 0.37, 480) * Math.sqrt(zoom);
  const most = Math.max(8, 1.5 * rowHeight(slots || T, Infinity, height));
  const step = clamp(2, Math.floor(free / (wide * T + 1.1 * words)), Math.min(most, 22 * zoom));
  const word = words ? clamp(2, Math.floor((free - wide * T * step) / words), Math.round(Math.min(step * 1.4, most * 1.2))) : 0;
  const row = rowHeight(slots, step, height);
  return { tier, gutter, middle, gap, step, word, row, stage, beside, strip: clamp(4, Math.round(step * 0.45), 8) };
}

/** A slot's row: square if there is room, never under 2 pixels, so that 128 slots are still told apart. */
function rowHeight(slots, step, height) {
  if (!slots) return 0;
  return Math.max(2, Math.min(Math.round(step), Math.floor(height / slots)), Math.min(3, Math.floor(520 / slots)));
}
