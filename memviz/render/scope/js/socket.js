// The WebSocket: hello, acknowledgements, silence noticed, and coming back with longer and longer pauses.

const FIRST_PAUSE = 500; // milliseconds
const LONGEST_PAUSE = 10000;
const SILENCE = 75000; // milliseconds; the server says something at least every 10 s

/**
 * Keeps a connection to `url()` alive until `close()`.
 * `onFrame(bytes)` gets every binary message; `onState` "connecting" | "open" | "lost".
 * `send(command)` says whether it could be sent.
 */
export function connect({ url, hello, onFrame, onState }) {
  let socket = null;
  let pause = FIRST_PAUSE;
  let timer = 0;
  let watchdog = 0;
  let closed = false;

  const heard = () => {
    clearTimeout(watchdog);
    watchdog = setTimeout(() => socket?.close(), SILENCE);
  };
  const lost = () => {
    clearTimeout(watchdog);
    if (closed) return;
    onState("lost");
    timer = setTimeout(open, pause * (0.75 + Math.random() / 2));
    pause = Math.min(LONGEST_PAUSE, pause * 2);
  };
  const open = () => {
    const target = new URL(url(), location.href);
    target.protocol = target.protocol.replace("http", "ws");
    const current = (socket = new WebSocket(target));
    current.binaryType = "arraybuffer";
    current.onopen = () => {
      heard();
      current.send(JSON.stringify(hello()));
    };
    current.onmessage = ({ data }) => {
      heard();
      pause = FIRST_PAUSE;
      if (typeof data !== "string") {
        onState("open");
        onFrame(new Uint8Array(data));
      }
    };
    current.onclose = () => {
      if (current === socket) lost();
    };
  };
  const send = (command) => {
    if (socket?.readyState !== WebSocket.OPEN) return false;
    socket.send(JSON.stringify(command));
    return true;
  };
  const close = () => {
    closed = true;
    clearTimeout(timer);
    clearTimeout(watchdog);
    socket?.close();
  };
  onState("connecting"); // once: coming back it is "lost" until it is "open" again
  open();
  return { send, close };
}

const KEPT = "memviz.owner"; // its name in the browser's storage
let secret = null; // this page's own

/** The secret by which a server knows this browser again; kept in the browser only. */
export function ownerSecret() {
  secret ??= Array.from(crypto.getRandomValues(new Uint8Array(18)), (byte) => byte.toString(16).padStart(2, "0")).join("");
  try {
    const known = localStorage.getItem(KEPT);
    if (known === null) localStorage.setItem(KEPT, secret);
    return known ?? secret;
  } catch {
    return secret; // no storage here (a sandboxed frame): it lasts as long as this page
  }
}
