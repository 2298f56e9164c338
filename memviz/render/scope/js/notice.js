// The state in words: compiling, waiting in line, training, solved, disconnected, broken. One line, always in the same place.

import { h, setAttribute, setText, show } from "./dom.js";
import { grouped, two } from "./numbers.js";
import { speedOf } from "./records.js";

/** `{ element, update(state) }`; works without a trace too. */
export function createNotice(actions) {
  const mark = h("span.mark", { "aria-hidden": "true" });
  const text = h("span.text");
  const remedy = h("span.remedy");
  const close = h("button.link", { type: "button", onclick: actions.clear }, "dismiss");
  const element = h("div.notice", { role: "status" }, mark, text, remedy, close);
  const update = (state) => {
    const said = noticeOf(state);
    if (!show(element, Boolean(said))) return;
    setAttribute(element, "data-tone", said.tone);
    setText(text, said.text);
    setText(remedy, said.remedy ?? "");
    show(close, said.tone === "bad" && Boolean(state.trouble));
  };
  return { element, update };
}

/** `{ tone: "busy" | "live" | "good" | "bad" | "quiet", text, remedy }` or null. Pure. */
export function noticeOf({ trouble, connection, status, trace, slow, pending, empty }) {
  if (trouble) return { tone: "bad", text: trouble.message, remedy: trouble.remedy };
  if (connection === "lost") return { tone: "bad", text: "The connection is lost; the run goes on.", remedy: "Trying again. What you see can still be scrubbed." };
  if (slow?.phase === "waiting") return { tone: "busy", text: "Making one update with its gradients recorded …" };
  if (!trace && pending) return { tone: "busy", text: "Loading the recorded episode …" };
  if (!trace && !status?.run && !status?.message) return { tone: "quiet", text: empty?.text ?? "There is no episode here yet.", remedy: empty?.remedy };
  return statusNotice(status);
}

function statusNotice(status) {
  if (!status || status.state === "idle") return status?.message ? { tone: "quiet", text: status.message } : null;
  const { state, update, place, message } = status;
  const sequences = `${grouped(status.sequences)} sequences`;
  const said = {
    unprepared: { tone: "bad", text: `The kernels could not be compiled. ${message}`, remedy: "Train tries once more; the server's log has the details." },
    compiling: { tone: "busy", text: message || "Compiling the kernels; the first start takes about half a minute. The recorded episode plays meanwhile." },
    waiting: { tone: "busy", text: place ? `Waiting in line: place ${place}.` : "Waiting in line.", remedy: message },
    training: { tone: "live", text: `Training: update ${grouped(update)}, ${sequences}, ${grouped(speedOf(status))} a second.` },
    paused: { tone: "quiet", text: `Paused at update ${grouped(update)}.`, remedy: message },
    solved: { tone: "good", text: `Solved at update ${grouped(status.solved_at ?? update)}: every bit of the exam is right.`, remedy: `${sequences} in ${two(status.seconds)} s.${message ? ` ${message}` : ""}` },
    finished: { tone: "quiet", text: `Finished at update ${grouped(update)}.`, remedy: message },
    diverged: { tone: "bad", text: message || "Training diverged; the last good state was kept.", remedy: "Try a lower learning rate or a tighter clip." },
    interrupted: { tone: "quiet", text: message || "The run was interrupted; its state was saved." },
  }[state];
  return said ?? { tone: "quiet", text: message || state };
}
