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
    onState("connecting");
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
  open();
  return { send, close };
}

/** The secret by which a server knows this browser again; kept in the browser only. */
export function ownerSecret() {
  const fresh = () => Array.from(crypto.getRandomValues(new Uint8Array(18)), (byte) => byte.toString(16).padStart(2, "0")).join("");
  try {
    const known = localStorage.getItem("memviz.owner") ?? fresh();
    localStorage.setItem("memviz.owner", known);
    return known;
  } catch {
    return fresh(); // no storage here (a sandboxed frame): a secret for this page's life
  }
}
