// Where frames come from: bytes in the page, a recorded frame over HTTP, a run over a WebSocket; in any combination.

import { fromBase64, unpack } from "./decode.js";
import { connect } from "./socket.js";

/**
 * Opens `{ frames, recorded, socket, run }`: frames are bytes or base64 text, `recorded` a URL,
 * `socket` the prefix of the runs' WebSockets and `run` an id or "new".
 * Returns `{ send(command), follow(run), close() }`.
 */
export function openSource(source, { onFrame, onState, onTrouble, hello }) {
  let run = source.run ?? "new";
  let closed = false;
  const take = (bytes) => {
    if (closed) return;
    try {
      onFrame(unpack(bytes));
    } catch (error) {
      onTrouble({ message: `A frame could not be read: ${error.message}`, remedy: "Reload the page." });
    }
  };
  for (const frame of source.frames ?? []) take(typeof frame === "string" ? fromBase64(frame) : frame);
  if (source.recorded) fetchFrame(source.recorded).then(take, (error) => closed || onTrouble({ message: error.message, remedy: "Training works all the same." }));
  const socket = source.socket ? connect({ url: () => source.socket + encodeURIComponent(run), hello, onFrame: take, onState }) : null;
  return {
    send: (command) => socket?.send(command) ?? false,
    follow: (id) => (run = id),
    close: () => {
      closed = true;
      socket?.close();
    },
  };
}

async function fetchFrame(url) {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`The recorded episode could not be loaded (${response.status}).`);
  return new Uint8Array(await response.arrayBuffer());
}
