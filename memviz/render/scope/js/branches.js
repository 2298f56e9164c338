// The pasts of a run: which one is looked at, in words, and the row that goes from one to another.

import { h, setText, show } from "./dom.js";
import { grouped } from "./numbers.js";
import { branchOf, controlled } from "./records.js";

/** "branch 2, from update 400": each branch by its place among those that are kept. Pure. */
export function branchNames(branches = []) {
  const seeds = new Set(branches.map(({ seed }) => seed)).size > 1;
  return branches.map(({ at, seed }, i) => `branch ${i + 1}, ${at ? `from update ${grouped(at)}` : "from the start"}${seeds ? `, seed ${seed}` : ""}`);
}

/** `{ element, update(view) }`; hidden where a run has one past only. */
export function createBranches(actions) {
  const select = h("select.quiet", { "aria-label": "branch of the training", onchange: () => actions.lookAtBranch(Number(select.value)) });
  const said = h("span.note");
  const element = h("div.branches", {}, select, said);
  let options = "";
  const update = (view) => {
    const branches = view.status?.branches ?? [];
    if (!show(element, branches.length > 1)) return;
    const names = branchNames(branches);
    if (options !== (options = JSON.stringify([branches.map(({ id }) => id), names]))) {
      select.replaceChildren(...branches.map(({ id }, i) => h("option", { value: id }, names[i])));
    }
    const shown = String(view.branch ?? view.status.branch);
    if (select.value !== shown) select.value = shown;
    setText(said, hintOf(view));
  };
  return { element, update };
}

function hintOf(view) {
  const branch = branchOf(view);
  if (!branch) return "";
  const does = controlled(view) ? "“train from” goes on from the update on show" : "only looked at";
  return `it ended at u = ${grouped(branch.last)}, the run is on another; ${does}`;
}
