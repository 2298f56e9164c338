// The app as a host of the scope: options come from Python as data, a few words go back; everything else is the scope's own.

const mounted = new WeakMap(); // Streamlit calls the export again on every change, with the same parentElement

/** Light or dark, as the page around is painted. */
function themeOf(element) {
  const paper = getComputedStyle(element).getPropertyValue("--st-background-color").trim();
  const channels = paper.startsWith("#") ? [1, 3, 5].map((i) => parseInt(paper.slice(i, i + 2), 16)) : paper.match(/\d+/g)?.map(Number);
  return channels && channels[0] + channels[1] + channels[2] < 384 ? "dark" : "light";
}

/** Writes the run into the address without a script run, so that a reload finds it; the hash stays. */
function keepRun(run) {
  const address = new URL(location.href);
  if (address.searchParams.get("run") === run) return;
  address.searchParams.set("run", run);
  address.searchParams.delete("recipe");
  history.replaceState(history.state, "", address);
}

/** What Python says, as options of the scope; a run that the scope follows already is not opened again. */
function optionsOf(entry, data, element, tell) {
  const { place, start, plain, veiled, watch, ...rest } = data;
  const followed = entry.told?.has(rest.source.run) && rest.source.recorded === entry.source.recorded;
  if (!followed) Object.assign(entry, { source: rest.source, told: new Set([rest.source.run]) });
  const run = (id) => {
    if (entry.run === id) return;
    entry.run = id;
    entry.told.add(id); // Python says it back, maybe only after another
    if (watch) return; // the address of the page names it already
    keepRun(id);
    tell("run", id);
  };
  return { ...rest, source: entry.source, theme: themeOf(element), on: { run, unfold: () => tell("unfold", true) } };
}

/** A frame around the panel that a lesson speaks of; a style, because the scope may build its canvases anew. */
function frame(root, panel) {
  const style = root.querySelector("style.memviz-frame") ?? root.appendChild(Object.assign(document.createElement("style"), { className: "memviz-frame" }));
  style.textContent = panel ? `.memviz canvas[data-panel^="${CSS.escape(panel)}"] { outline: 2px solid var(--ink); outline-offset: 1px; }` : "";
}

/** Where a lesson points, once per step, so that the learner may look around; and a start asked for in the form. */
function act(entry, root, { place, start = 0 }) {
  const wanted = JSON.stringify(place ?? null);
  if (place && entry.pointed !== wanted) {
    const { panel, ...where } = place;
    entry.scope.point(where);
    frame(root, panel);
  }
  entry.pointed = wanted;
  if (entry.started !== undefined && start !== entry.started) entry.scope.actions.start();
  entry.started = start;
}

export default function ({ parentElement, data, setTriggerValue }) {
  const root = parentElement.querySelector(".memviz-host");
  const entry = mounted.get(parentElement) ?? {};
  const options = optionsOf(entry, data, root, setTriggerValue);
  if (entry.scope) entry.scope.update(options);
  else entry.scope = $scope.mountScope(root, options);
  mounted.set(parentElement, entry);
  root.classList.toggle("plain", Boolean(data.plain));
  root.classList.toggle("veiled", Boolean(data.veiled));
  root.classList.toggle("watch", Boolean(data.watch));
  act(entry, root, data);
  return () => {
    mounted.delete(parentElement);
    entry.scope.destroy();
  };
}
