// Where a person is - update, step, head - lives in the address: `#u=4000&t=15&head=read.0`.

const PAUSE = 300; // milliseconds between writes: browsers throttle more than a few a second

/** `{ u, t, head }` of a hash; what is absent or unreadable is undefined. */
export function parseHash(hash) {
  const values = new URLSearchParams(hash.replace(/^#/, ""));
  const whole = (name) => (/^\d+$/.test(values.get(name) ?? "") ? Number(values.get(name)) : undefined);
  const head = /^(read|write)\.\d+$/.test(values.get("head") ?? "") ? values.get("head") : undefined;
  return { u: whole("u"), t: whole("t"), head };
}

/** `hash` with u, t and head replaced (null removes) and everything else kept. */
export function formatHash(hash, { u, t, head }) {
  const values = new URLSearchParams(hash.replace(/^#/, ""));
  for (const [name, value] of Object.entries({ u, t, head })) {
    if (value === null || value === undefined) values.delete(name);
    else values.set(name, String(value));
  }
  const text = values.toString();
  return text ? `#${text}` : "";
}

/**
 * Writes the place into the address a few times a second at most, and again if the host page drops it.
 * `place()` gives `{ u, t, head }` or null while there is nothing to say.
 */
export function keepHash(place) {
  const write = () => {
    const now = place();
    if (!now) return;
    const wanted = formatHash(location.hash, now);
    if (wanted === location.hash) return;
    try {
      history.replaceState(history.state, "", wanted || location.pathname + location.search);
    } catch {
      clearInterval(timer); // a sandboxed page may not change its address
    }
  };
  const timer = setInterval(write, PAUSE);
  return { stop: () => clearInterval(timer) };
}
