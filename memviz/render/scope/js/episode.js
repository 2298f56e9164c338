// The episode transport: step t, with the task's phases and the events marked on the track.

import { transportButtons } from "./buttons.js";
import { h, setText } from "./dom.js";
import { notable } from "./usage.js";
import { createSlider, thumb } from "./slider.js";

const SPEEDS = [1, 2, 4, 8, 16, 30];

/** `{ element, update(view) }`. */
export function createEpisode(actions) {
  const buttons = transportButtons("episode", { first: actions.first, back: actions.back, play: actions.playPause, forward: actions.forward, last: actions.last });
  let steps = 1;
  const slider = createSlider({
    label: "episode step t",
    height: 34,
    onValue: (fraction) => actions.setT(Math.round(fraction * (steps - 1))),
    onStep: (direction) => (direction < 0 ? actions.back() : actions.forward()),
    onEnd: (direction) => (direction < 0 ? actions.first() : actions.last()),
  });
  const place = h("output.place");
  const speed = h("select.quiet", { title: "playback speed", "aria-label": "playback speed", onchange: () => actions.setSpeed(Number(speed.value)) },
    ...SPEEDS.map((n) => h("option", { value: n }, `${n} steps/s`)));
  const element = h("section.transport.episode", { "aria-label": "Episode" }, h("h2", {}, "Episode"), buttons.element, slider.element, place, speed);
  const update = (view) => {
    steps = view.trace.T;
    buttons.playing(view.playing);
    setText(place, `t = ${view.t}`);
    if (speed.value !== String(view.speed)) speed.value = String(view.speed);
    const phase = view.trace.meta.phases?.[view.t];
    const text = `step ${view.t} of ${steps - 1}${phase ? `, ${phase}` : ""}`;
    slider.update({ min: 0, max: steps - 1, value: view.t, text, position: steps > 1 ? view.t / (steps - 1) : 0, zoom: view.zoom, keys: [view.trace, view.theme], draw: (...args) => drawTrack(view, ...args) });
  };
  return { element, update };
}

function drawTrack(view, context, width, height, at, position) {
  const { ink, trace, zoom } = view;
  const x = (t) => at(trace.T > 1 ? t / (trace.T - 1) : 0);
  const y = height - 12 * zoom;
  drawPhases(view, context, x, y - 9 * zoom);
  context.fillStyle = ink.track;
  roundBar(context, at(0), y - 2, at(1) - at(0), 4);
  context.fillStyle = ink.ink;
  roundBar(context, at(0), y - 2, at(position) - at(0), 4);
  for (const { t, side } of notable(trace)) {
    context.fillStyle = ink[side] ?? ink.muted;
    context.fillRect(Math.round(x(t)) - 1, y + 7 * zoom, 2, 4 * zoom);
  }
  thumb(context, at(position), y, 6.5 * zoom, ink.ink, ink.paper);
}

/** The phases of the task as words over the stretch of steps that they last. */
function drawPhases(view, context, x, y) {
  const phases = view.trace.meta.phases ?? [];
  context.font = `${11 * view.zoom}px ${view.ink.font}`;
  context.textAlign = "left";
  context.textBaseline = "alphabetic";
  for (let start = 0, end = 0; start < phases.length; start = end) {
    while (end < phases.length && phases[end] === phases[start]) end++;
    const [left, right] = [x(Math.max(0, start - 0.35)), x(Math.min(phases.length - 1, end - 0.65))];
    const current = view.t >= start && view.t < end;
    context.fillStyle = current ? view.ink.ink : view.ink.muted;
    if (context.measureText(phases[start]).width + 4 < right - left) context.fillText(phases[start], left + 1, y);
    if (start > 0) context.fillRect(left - 2, y - 8 * view.zoom, 1, 10 * view.zoom);
  }
}

/** A bar with round ends. */
export function roundBar(context, x, y, width, height) {
  context.beginPath();
  context.roundRect(x, y, Math.max(0, width), height, height / 2);
  context.fill();
}
