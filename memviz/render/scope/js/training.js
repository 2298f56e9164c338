// The training transport: update u, over the falling loss, with a tick and a thumbnail for every recorded update.

import { createBranches } from "./branches.js";
import { transportButtons } from "./buttons.js";
import { binned, drawMean } from "./curves.js";
import { h, setText, show } from "./dom.js";
import { roundBar } from "./episode.js";
import { createFilmstrip } from "./filmstrip.js";
import { grouped } from "./numbers.js";
import { recordsOf, shownUpdate, trainingAxis } from "./records.js";
import { createSlider, thumb } from "./slider.js";

/** `{ element, update(view) }`. */
export function createTraining(actions) {
  const buttons = transportButtons("training", {
    first: actions.trainingFirst,
    back: actions.trainingBack,
    play: actions.replay,
    forward: actions.trainingForward,
    last: actions.follow,
  });
  let axis = null;
  const slider = createSlider({
    label: "training update u",
    height: 42,
    onValue: (fraction) => axis && actions.setU(axis.from(fraction)),
    onStep: (direction) => actions.stepU(direction),
    onEnd: (direction) => (direction < 0 ? actions.trainingFirst() : actions.follow()),
  });
  const film = createFilmstrip(actions);
  const branches = createBranches(actions);
  const place = h("output.place");
  const note = h("span.note");
  const element = h(
    "section.transport.training",
    { "aria-label": "Training" },
    h("h2", {}, "Training"),
    buttons.element,
    h("div.rail", {}, slider.element, film.element, branches.element),
    h("div.places", {}, place, note),
  );
  const update = (view) => {
    const records = recordsOf(view);
    if (!show(element, records.length > 1 || view.curve.update.length > 1)) return;
    axis = trainingAxis(view);
    const u = shownUpdate(view);
    buttons.playing(view.replaying);
    setText(place, `u = ${grouped(u)}`);
    setText(note, noteOf(view));
    slider.update({ min: 0, max: axis.max, value: u, text: `update ${u} of ${axis.max}`, position: axis.to(u), zoom: view.zoom, keys: [view.curve, view.traces, axis.max, records.length, view.solvedAt, view.theme], draw: (...args) => drawRail(view, axis, records, ...args) });
    film.update(view, axis);
    branches.update(view);
  };
  return { element, update };
}

function noteOf({ wanted, u, status, solvedAt }) {
  if (wanted !== null) return `fetching u = ${grouped(wanted)} …`;
  if (u !== null && status?.state === "training") return `now at u = ${grouped(status.update)}`;
  if (solvedAt !== null) return `solved at u = ${grouped(solvedAt)}`;
  return "";
}

function drawRail(view, axis, records, context, width, height, at, position) {
  const { ink, curve, status, solvedAt, zoom } = view;
  const y = height - 12 * zoom;
  const chance = status?.metrics?.chance_bits || Math.max(1e-9, ...curve.bits.filter(Number.isFinite));
  const bins = binned(curve.update.map((u) => at(axis.to(u))), curve.bits, width);
  drawMean(context, bins, (bits) => y - 7 * zoom - (height - 24 * zoom) * Math.min(1, bits / chance), ink.muted, 1.4);
  context.fillStyle = ink.track;
  roundBar(context, at(0), y - 2, at(1) - at(0), 4);
  context.fillStyle = ink.ink;
  roundBar(context, at(0), y - 2, at(position) - at(0), 4);
  for (const u of records) {
    context.fillStyle = view.traces.has(u) ? ink.ink : ink.muted;
    context.fillRect(Math.round(at(axis.to(u))), y + 7 * zoom, 1, 5 * zoom);
  }
  if (solvedAt !== null) {
    context.fillStyle = ink.good;
    context.fillRect(Math.round(at(axis.to(solvedAt))) - 1, y - 8 * zoom, 2, 20 * zoom);
  }
  thumb(context, at(position), y, 6.5 * zoom, ink.ink, ink.paper);
}
