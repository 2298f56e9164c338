// Reads the wire frames of encode.py: a JSON header and typed arrays, used where they lie.

const TYPES = { f4: Float32Array, u1: Uint8Array, i4: Int32Array };

/** A frame's header and arrays: `{ header, arrays: { name: { data, shape } } }`. Throws an Error for anything else. */
export function unpack(bytes) {
  const frame = bytes.byteOffset % 8 ? bytes.slice() : bytes;
  if (frame.byteLength < 8) throw new Error("not a frame: too short");
  const length = new DataView(frame.buffer, frame.byteOffset, 4).getUint32(0, true);
  if (length + 4 > frame.byteLength) throw new Error("not a frame: its header is cut");
  const header = JSON.parse(new TextDecoder().decode(frame.subarray(4, 4 + length)));
  const start = frame.byteOffset + 4 + length;
  const arrays = {};
  for (const [name, type, shape, offset] of header.arrays ?? []) {
    const size = shape.reduce((product, n) => product * n, 1);
    arrays[name] = { data: new TYPES[type](frame.buffer, start + offset, size), shape };
  }
  return { header, arrays };
}

/** The bytes of base64 text. */
export function fromBase64(text) {
  const binary = atob(text.trim());
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}

/** A trace frame as the scope uses it; `sizes` gives the length of every dim, `T` the steps. */
export function traceOf({ header, arrays }) {
  const sizes = {};
  for (const [name, signal] of Object.entries(header.signals)) {
    signal.dims.forEach((dim, axis) => (sizes[dim] = arrays[name].shape[axis]));
  }
  const { update, source, branch = null, meta, signals, panels, events, findings, limits } = header;
  return { update, source, branch, meta, signals, panels, events, findings, limits, arrays, sizes, T: sizes.t ?? 0, version: header.v, published: header.published };
}
