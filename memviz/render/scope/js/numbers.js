// How numbers are said: two significant digits in the picture, exact on hover, thousands grouped.

/** Two significant digits: 0.021, 1.4, 33, 32,000. */
export function two(value) {
  if (value === null || value === undefined || !Number.isFinite(value)) return "–";
  if (value < 0) return `−${two(-value)}`;
  const size = value;
  if (size === 0) return "0";
  if (size >= 10) return grouped(Math.round(value));
  if (size < 0.0005) return value.toExponential(0).replace("e-", "e−");
  return value.toFixed(Math.max(0, 1 - Math.floor(Math.log10(size) + 1e-9)));
}

/** A weight or gate in [0, 1] with two decimals. */
export function weight(value) {
  return Number.isFinite(value) ? value.toFixed(2) : "not finite";
}

/** All digits that float32 carries. */
export function exact(value) {
  return Number.isFinite(value) ? String(Number(value.toPrecision(7))) : String(value);
}

/** 32000 -> "32,000". */
export function grouped(value) {
  return Number.isFinite(value) ? Math.round(value).toLocaleString("en-US") : "–";
}

/** "1 step", "3 steps". */
export function count(n, noun) {
  return `${grouped(n)} ${noun}${n === 1 ? "" : "s"}`;
}
