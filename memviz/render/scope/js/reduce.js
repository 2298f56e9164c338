// Brings a signal of any number of dims down to a panel's rows and columns; the twin of render/reduce.py.

/**
 * The values of a panel: `{ data, rows, columns }`, row by row.
 * `at` gives the index of every dim that is taken or at ("t", "read", ...); a dim with no rule is taken at `at`, or 0.
 */
export function reduce(panel, trace, at) {
  const { dims } = trace.signals[panel.signal];
  const { data, shape } = trace.arrays[panel.signal];
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((a, b) => a * b, 1));
  const rules = Object.fromEntries((panel.reduce ?? []).map(([rule, dim]) => [dim, rule]));
  const rowAxis = dims.indexOf(panel.rows);
  const columnAxis = dims.lastIndexOf(panel.columns); // the same dim twice: the first is the rows
  let offset = 0;
  const maxima = [];
  dims.forEach((dim, axis) => {
    if (axis === rowAxis || axis === columnAxis) return;
    if (rules[dim] === "max") maxima.push([shape[axis], strides[axis]]);
    else offset += Math.min(at[dim] ?? 0, shape[axis] - 1) * strides[axis];
  });
  const rows = rowAxis < 0 ? 1 : shape[rowAxis];
  const columns = shape[columnAxis];
  const [down, across] = [rowAxis < 0 ? 0 : strides[rowAxis], strides[columnAxis]];
  const offsets = spread(maxima);
  const out = new Float32Array(rows * columns);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) out[i * columns + j] = largest(data, offset + i * down + j * across, offsets);
  }
  return { data: out, rows, columns };
}

/** Every combination of offsets over the dims that the maximum runs over. */
function spread(maxima) {
  let offsets = [0];
  for (const [size, stride] of maxima) {
    offsets = offsets.flatMap((base) => Array.from({ length: size }, (_, k) => base + k * stride));
  }
  return offsets;
}

function largest(data, base, offsets) {
  if (offsets.length === 1) return data[base];
  let best = -Infinity;
  for (const offset of offsets) {
    const value = data[base + offset];
    if (Number.isNaN(value)) return NaN;
    if (value > best) best = value;
  }
  return best;
}

/** One value of a signal; `at` gives the index of every dim by name. */
export function valueAt(trace, name, at) {
  const { dims } = trace.signals[name];
  const { data, shape } = trace.arrays[name];
  let index = 0;
  for (let axis = 0; axis < dims.length; axis++) index = index * shape[axis] + (at[dims[axis]] ?? 0);
  return data[index];
}

/** A whole row of a signal along its last dim, without a copy. */
export function rowAt(trace, name, at) {
  const { dims } = trace.signals[name];
  const { data, shape } = trace.arrays[name];
  let index = 0;
  for (let axis = 0; axis < dims.length - 1; axis++) index = index * shape[axis] + (at[dims[axis]] ?? 0);
  const width = shape[shape.length - 1];
  return data.subarray(index * width, (index + 1) * width);
}
