// The run's controls: one big button, the ways to go on, how fast, and the few numbers that may change while it runs.

import { h, onChange, setAttribute, setText, show } from "./dom.js";
import { grouped } from "./numbers.js";
import { shownUpdate } from "./records.js";

const SPEEDS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, null];
const KNOBS = [["rate", "learning rate"], ["batch", "batch"], ["clip", "clip"]];
const PRIMARY = {
  idle: ["Train", "start"],
  training: ["Pause", "pause"],
  compiling: ["Pause", "pause"],
  waiting: ["Leave the line", "pause"],
  paused: ["Resume", "resume"],
  interrupted: ["Resume", "resume"],
  solved: ["Train on", "resume"],
  finished: ["Train on", "resume"],
  diverged: ["Rewind", "rewind"],
};

/** `{ element, update(view) }`; hidden where no run can be reached. */
export function createControls(actions) {
  let verb = "start";
  const act = () => (verb === "start" ? actions.start() : actions.command({ do: verb }));
  const primary = h("button.primary", { type: "button", onclick: act }, "Train");
  const watch = h("p.note", {}, "You are watching. Only the browser that started this run controls it.");
  const [ways, speed, knobs] = [createWays(actions), createSpeed(actions), createKnobs(actions)];
  const more = h("button.link.rest", { type: "button", "aria-expanded": "false", onclick: () => unfold(element.classList.toggle("open")) }, "more");
  const unfold = (open) => {
    setAttribute(more, "aria-expanded", String(open));
    setText(more, open ? "less" : "more");
  };
  const details = h("div.details", {}, speed.element, ways.element, more, knobs.element);
  const element = h("section.controls", { "aria-label": "Run" }, primary, watch, details);
  const update = (view) => {
    if (!show(element, view.connection !== "none")) return;
    const state = view.status?.state ?? "idle";
    const fresh = !view.status?.run; // a run that was rewound is idle too
    const mine = fresh || view.status.controls;
    const [text, does] = PRIMARY[state] ?? PRIMARY.idle;
    verb = does === "start" && !fresh ? "resume" : does;
    setText(primary, text);
    primary.disabled = view.connection !== "open" || !mine;
    show(watch, !mine);
    if (!show(details, !fresh && view.unfolded)) return;
    details.inert = !mine || view.connection !== "open";
    for (const part of [ways, speed, knobs]) part.update(view);
  };
  return { element, update };
}

/** The ways to go on; the second half is `extra`, folded away where there is little room. */
function createWays(actions) {
  const amount = h("input.amount", { type: "number", min: 1, max: 100000, value: 100, "aria-label": "how many more" });
  const more = () => Math.max(1, Number(amount.value) || 1);
  const button = (text, title, act) => h("button", { type: "button", title, onclick: act }, text);
  const tell = (text, title, words) => button(text, title, () => actions.command(words()));
  const branch = button("train from here", "start a new branch at the update on show", actions.branch);
  const memory = h("select", { "aria-label": "memory between episodes", title: "memory between episodes", onchange: () => actions.command({ do: "memory", mode: memory.value }) },
    h("option", { value: "reset" }, "fresh memory each episode"), h("option", { value: "carry" }, "carry the memory over"));
  const common = [
    tell("one update", "train exactly one update", () => ({ do: "step", n: 1 })),
    tell("until solved", "train until the exam is passed", () => ({ do: "until", what: "solved" })),
    button("slow motion", "walk through one update", actions.slowMotion),
  ];
  const extra = [
    h("span.joined", {}, amount, tell("updates", "train this many updates", () => ({ do: "step", n: Math.round(more()) })), tell("seconds", "train this many seconds", () => ({ do: "until", what: "seconds", n: more() }))),
    branch,
    tell("rewind", "back to the same initial weights", () => ({ do: "rewind" })),
    tell("reseed", "new initial weights and new sequences", () => ({ do: "reseed" })),
    memory,
  ];
  const update = (view) => {
    setText(branch, `train from u = ${grouped(shownUpdate(view))}`);
    const mode = view.status.knobs?.memory;
    if (mode && memory.value !== mode && memory.getRootNode().activeElement !== memory) memory.value = mode;
  };
  return { element: h("div.ways", {}, ...common, h("span.extra", {}, ...extra)), update };
}

function createSpeed(actions) {
  const range = h("input", { type: "range", min: 0, max: SPEEDS.length - 1, step: 1, "aria-label": "training speed", oninput: () => actions.brake(SPEEDS[Number(range.value)]) });
  const said = h("output");
  const element = h("label.speed", {}, h("span", {}, "speed"), range, said);
  const place = (speed) => (speed === null || speed === undefined ? SPEEDS.length - 1 : Math.max(0, SPEEDS.findIndex((s) => s === null || s >= speed)));
  const follow = onChange((speed) => (range.value = place(speed)));
  const update = (view) => {
    follow([view.status.speed], view.status.speed);
    const speed = SPEEDS[Number(range.value)];
    setText(said, speed === null ? "flat out" : `${speed} update${speed === 1 ? "" : "s"}/s`);
    range.setAttribute("aria-valuetext", said.textContent);
  };
  return { element, update };
}

function createKnobs(actions) {
  const inputs = KNOBS.map(([name, label]) => {
    const commit = () => Number.isFinite(Number(input.value)) && input.value !== "" && actions.command({ do: "set", [name]: Number(input.value) });
    const input = h("input", { type: "number", step: "any", min: 0, "aria-label": label, onchange: commit });
    return [name, h("label.knob", {}, h("span", {}, label), input), input];
  });
  const element = h("div.knobs", {}, ...inputs.map(([, label]) => label));
  const update = (view) => {
    for (const [name, label, input] of inputs) {
      const value = view.status.knobs?.[name];
      if (!show(label, value !== undefined && value !== null)) continue;
      if (input.getRootNode().activeElement !== input && input.value !== String(value)) input.value = String(value);
    }
  };
  return { element, update };
}
