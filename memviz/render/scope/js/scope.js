// The scope: one component, one clock. Mounts anywhere, knows nothing of the page around it.

import { createActions } from "./actions.js";
import { createClock } from "./clock.js";
import { createCaption } from "./captionline.js";
import { createControls } from "./controls.js";
import { createCurves } from "./curves.js";
import { h, setAttribute, show } from "./dom.js";
import { createEpisode } from "./episode.js";
import { createFigure } from "./figure.js";
import { createFindings } from "./findings.js";
import { createHelp } from "./help.js";
import { actionOf } from "./keyboard.js";
import { createNotice } from "./notice.js";
import { restAfter } from "./pace.js";
import { createPlace } from "./place.js";
import { createPlayer } from "./player.js";
import { createPointer } from "./pointer.js";
import { connected, receive } from "./receive.js";
import { shownUpdate } from "./records.js";
import { createRun } from "./run.js";
import { createSlowCard } from "./slowcard.js";
import { ownerSecret } from "./socket.js";
import { openSource } from "./source.js";
import { createLoop, createStore, INITIAL } from "./store.js";
import { followTheme, inksOf } from "./theme.js";
import { createTitle } from "./title.js";
import { createTools } from "./tools.js";
import { createTraining } from "./training.js";
import { viewOf } from "./view.js";

const NEWS = 0.12; // seconds

/**
 * Mounts a scope into `element`.
 *
 * Options, none of them needed:
 * - `source`: `{ frames, recorded, socket, run }`, see source.js
 * - `recipe`: what Train starts; `owner`: a secret, by default the browser's own
 * - `theme`: "light", "dark" or "auto"; `unfolded`, `projector`: how it looks at first; `speed`: how fast it plays
 * - `autoplay`: false: stay at the first step; `hash`: false: leave the address alone
 * - `clock`: a name: scopes of the same clock move t and u together
 * - `u`, `t`, `head`: where to open
 * - `empty`: `{ text, remedy }`, said where no episode is
 * - `trains`: the task that Train would start, where the recorded episode is of another
 * - `on`: `{ run(id), unfold(), place({ u, t, head }) }`, told to the page around
 *
 * Returns the handle, which is `memvizScope` too:
 * - `update(options)`, `destroy()`
 * - `point(place)`: shows a place; `actions`: all that a person can do, see actions.js
 * - `state`, `view`, `u`, `clock`: what is on show; `units()`: the pictures of the figure
 * - `drawn`, `marks`: how often it was drawn, and the seconds from a frame's making to the screen
 */
export function mountScope(element, options = {}) {
  const scope = { options, drawn: 0, marks: [], pending: null, source: null, ink: null, view: null };
  const loop = createLoop((seconds) => scope.tick(seconds), () => draw(scope));
  const store = createStore({ ...INITIAL, ...openingState(options) }, (patch, before) => {
    if (isNews(patch, before)) return loop.later(NEWS);
    loop.request();
    scope.clock?.told();
  });
  const send = (command) => scope.source?.send(command) ?? false;
  const host = { recipe: () => scope.options.recipe ?? {}, tell: (name, value) => scope.options.on?.[name]?.(value) };
  const actions = createActions(store, send, host);
  Object.assign(scope, { store, loop, actions, host, send, place: createPlace(store, actions, options), clock: createClock(store, actions), tick: createPlayer(store, actions) });
  build(scope, element);
  scope.stops = [listenToKeys(scope), watchSize(scope), scope.place.watch()];
  scope.clock.join(options.clock);
  open(scope);
  retheme(scope);
  const handle = publicHandle(scope, element);
  globalThis.memvizScope = handle;
  return handle;
}

/** Figures that the run tells many times a second can wait a little; what a person does, new pictures, and that a run has stopped or begun, cannot. */
function isNews(patch, before) {
  const turned = patch.status && patch.status.state !== before.status?.state;
  return !turned && Object.keys(patch).every((key) => ["status", "curve", "trouble", "blocks", "loss"].includes(key));
}

function openingState(options) {
  const { unfolded = true, projector = false, speed, source, empty = null, trains = null } = options;
  return { unfolded, projector, empty, trains, pending: expected(source), ...(speed ? { speed } : {}) };
}

/** What of a look that people change by themselves the options now say otherwise than before. Pure. */
export function lookOf(options, before) {
  const said = ["unfolded", "projector"].filter((name) => options[name] !== before[name]);
  return Object.fromEntries(said.map((name) => [name, Boolean(options[name])]));
}

/** Whether an episode will come from a source by itself. */
function expected(source) {
  return Boolean(source?.recorded || (source?.run && source.run !== "new"));
}

/** Another source: without a run, what was on show is no longer meant, and stays only until the new episode is here. */
function reopen(scope) {
  const { store, options } = scope;
  const pending = expected(options.source);
  const gone = store.get().status?.run ? {} : { traces: new Map(), u: null, wanted: null, ...(pending ? {} : { trace: null }) };
  store.set({ pending, ...gone });
  open(scope);
}

function build(scope, element) {
  const { actions } = scope;
  const figure = createFigure(actions);
  const tools = createTools(actions);
  const notice = createNotice(actions);
  const [title, training, slow, episode, caption] = [createTitle(notice.element, tools.element), createTraining(actions), createSlowCard(actions), createEpisode(actions), createCaption()];
  const [controls, run, curves, findings] = [createControls(actions), createRun(), createCurves(actions), createFindings(actions)];
  const help = createHelp(actions);
  const unfold = h("button.unfold", { type: "button", onclick: actions.unfold }, "Show everything");
  const main = h("div.centre", {}, training.element, slow.element, figure.element, h("div.dock", {}, episode.element, caption.element), figure.below, figure.more);
  const pointer = createPointer(main, figure, () => scope.view, actions);
  const pilot = h("div.pilot", {}, controls.element, unfold);
  const side = h("aside.side", {}, run.element, curves.element, findings.element);
  const root = h("div.memviz", { tabindex: -1 }, title.element, h("div.body", {}, pilot, main, side), help.element);
  element.append(root);
  const parts = [title, tools, training, slow, figure, pointer, episode, caption, controls, run, curves, findings, help];
  Object.assign(scope, { root, main, unfold, notice, controls, parts, figure });
}

/** Everything that is drawn, drawn once; called from the animation frame only. */
function draw(scope) {
  const { store, root } = scope;
  const begun = performance.now();
  scope.place.restore();
  const state = store.get();
  root.classList.toggle("folded", !state.unfolded);
  root.classList.toggle("projector", state.projector);
  root.classList.toggle("empty", !state.trace);
  root.classList.toggle("begun", state.connection !== "none" && Boolean(state.status?.run));
  setAttribute(root, "data-theme", state.theme);
  if (scope.inked !== state.theme) Object.assign(scope, { ink: inksOf(root), inked: state.theme });
  show(scope.unfold, !state.unfolded);
  scope.notice.update(state);
  scope.view = viewOf({ ...state, width: scope.main.clientWidth }, scope.ink);
  if (scope.view) for (const part of scope.parts) part.update(scope.view);
  else scope.controls.update(state);
  scope.drawn += 1;
  acknowledge(scope, restAfter(performance.now() - begun, state.status));
}

/** Notes how long the newest version took to the screen, and tells the server once there is time for another. */
function acknowledge(scope, rest) {
  if (!scope.pending) return;
  const { version, published } = scope.pending;
  scope.pending = null;
  if (version !== undefined) scope.resting = setTimeout(() => scope.send({ do: "ack", v: version }), rest);
  if (published) scope.marks = [...scope.marks.slice(-499), Date.now() / 1000 - published];
}

function open(scope) {
  scope.actions.settle();
  scope.source?.close();
  clearTimeout(scope.resting); // what another run waits for is not this one's
  const { store, options } = scope;
  scope.source = openSource(options.source ?? {}, {
    onFrame: (frame) => take(scope, frame),
    onState: (connection) => {
      const again = connection === "open" && store.get().connection !== "open";
      store.set(connected(store.get(), connection));
      if (again) scope.actions.reconnected();
    },
    onTrouble: (trouble) => store.set({ trouble }),
    hello: () => ({ do: "hello", owner: options.owner ?? ownerSecret() }),
  });
}

function take(scope, frame) {
  const { store, host } = scope;
  const before = store.get();
  scope.clock.quietly(() => store.set(receive(before, frame)));
  const { v, published, type, run } = frame.header;
  if (v !== undefined) {
    scope.pending = { version: v, published };
    scope.loop.later(NEWS); // also when it changes nothing on show: what is not acknowledged is not followed by another
    if (document.hidden) setTimeout(() => acknowledge(scope, 0), 1000); // a hidden page draws nothing but stays in the conversation
  }
  if (type === "status" && run && run !== before.status?.run) {
    scope.source?.follow(run);
    host.tell("run", run);
  }
  if (!before.trace && store.get().trace) scope.clock.arrive(scope.place.arrive);
}

function listenToKeys(scope) {
  const listen = (event) => {
    const inside = event.composedPath().includes(scope.root);
    const nowhere = event.target === document.body || event.target === document.documentElement;
    if (event.defaultPrevented || !(inside || (nowhere && globalThis.memvizScope === scope.handle))) return;
    const action = actionOf(event);
    if (!action || !scope.view) return;
    event.preventDefault();
    event.stopPropagation();
    scope.actions[action]();
  };
  document.addEventListener("keydown", listen, true);
  return () => document.removeEventListener("keydown", listen, true);
}

function watchSize(scope) {
  const observer = new ResizeObserver(() => scope.loop.request());
  observer.observe(scope.root);
  observer.observe(scope.main);
  return () => observer.disconnect();
}

function retheme(scope) {
  scope.unthemed?.();
  scope.unthemed = followTheme(scope.options.theme ?? "auto", (theme) => {
    scope.inked = null;
    scope.store.set({ theme });
    scope.loop.request();
  });
}

function publicHandle(scope, element) {
  const handle = {
    get state() { return scope.store.get(); },
    get view() { return scope.view; },
    get u() { return shownUpdate(scope.store.get()); },
    get drawn() { return scope.drawn; },
    get marks() { return scope.marks; },
    get clock() { return scope.clock.name; },
    actions: scope.actions,
    units: () => scope.figure.state.units,
    /** Shows a place: `{ u, t, head, slot, layer, order, playing }`, whatever is given. */
    point(place) {
      scope.place.point(place);
      scope.loop.request();
    },
    update(options) {
      const before = scope.options;
      scope.options = { ...before, ...options };
      scope.store.set({ ...lookOf(scope.options, before), empty: scope.options.empty ?? null, trains: scope.options.trains ?? null });
      if (JSON.stringify(scope.options.source) !== JSON.stringify(before.source)) reopen(scope);
      if (scope.options.theme !== before.theme) retheme(scope);
      scope.clock.join(scope.options.clock);
      scope.loop.request();
    },
    destroy() {
      scope.source?.close();
      clearTimeout(scope.resting);
      scope.clock.stop();
      scope.stops.forEach((stop) => stop());
      scope.unthemed?.();
      scope.loop.stop();
      element.replaceChildren();
      if (globalThis.memvizScope === handle) delete globalThis.memvizScope;
    },
  };
  scope.handle = handle;
  return handle;
}
