// What the memory did in this episode, counted from the trace, and what the trace reports as broken.

import { h, onChange, show } from "./dom.js";
import { usageOf } from "./usage.js";
import { count } from "./numbers.js";

/** `{ element, update(view) }`; a broken value takes the person to its step. */
export function createFindings(actions) {
  const list = h("ul");
  const element = h("section.findings", {}, h("h2", {}, "What the memory did"), list);
  const fill = onChange((trace) => {
    const broken = trace.findings.map((finding) => h("li.broken", {}, h("button.link", { type: "button", onclick: () => jump(actions, finding) }, finding.text || `${finding.signal}: ${finding.problem}`)));
    list.replaceChildren(...broken, ...sentences(trace).map((text) => h("li", {}, text)));
  });
  const update = (view) => {
    fill([view.trace], view.trace);
    show(element, list.children.length > 0);
  };
  return { element, update };
}

function jump(actions, finding) {
  if (Number.isInteger(finding.t)) actions.setT(finding.t);
  if (Number.isInteger(finding.slot)) actions.pin(finding.slot);
}

/** The findings of a healthy trace as sentences. */
export function sentences(trace) {
  const facts = usageOf(trace);
  if (!facts || !facts.answers) return [];
  const slots = trace.sizes.slot;
  return [
    facts.wrong === 0 ? `All ${facts.bits} answered bits are right.` : `${facts.wrong} of ${facts.bits} answered bits are wrong.`,
    `${facts.sharp} of ${count(facts.answers, "answer")} read one slot; they go back to ${count(facts.traced, "write")}.`,
    facts.lost === 0 ? "No word was overwritten before it was read." : `${count(facts.lost, "word")} ${facts.lost === 1 ? "was" : "were"} overwritten before being read.`,
    facts.untouched === 0 ? `Each of the ${slots} slots was written to.` : `${facts.untouched} of ${slots} slots were never written.`,
  ];
}
