// What lies under a point of a panel, whatever its form: the step, the slot and the value, and what else is to be said.

import { answersOf } from "./answers.js";
import { weight } from "./numbers.js";
import { cosine, wordsOf } from "./projection.js";
import { nearest, placesOf } from "./scatter.js";
import { marksOf } from "./timeline.js";

const CLOSE = 16; // pixels from a point of a scatter

const HITS = { events: onMarks, scatter: onPoints, answers: onPhases };

/** `{ unit, signal, t?, slot?, word?, value or says }` at (x, y) in 0..1 of the unit's picture, or null. */
export function under(unit, x, y, view) {
  if (!(x >= 0 && x < 1 && y >= 0 && y < 1)) return null;
  const hit = (HITS[unit.shown.form] ?? onGrid)(unit, x, y, view);
  return hit && { unit, signal: unit.shown.signal, head: view.headOf(unit.side), ...hit };
}

function onGrid({ grid, shown, order }, x, y) {
  const bars = shown.form === "bars";
  const place = Math.floor(y * (bars ? order.length : (order?.length ?? grid.rows)));
  const column = bars ? order[place] : Math.floor(x * grid.columns);
  const row = bars ? 0 : order && shown.rows === "slot" ? order[place] : place;
  const found = { row, column, value: grid.data[row * grid.columns + column] };
  if (shown.rows === shown.columns) return { ...found, slot: row, across: order[column] };
  return { ...found, [shown.columns]: column, ...(bars || !shown.rows ? {} : { [shown.rows]: row }) };
}

/** Of the timeline: what happened to a slot at a step; the lane below the slots is for what has none. */
function onMarks(unit, x, y, { trace, slots }) {
  const [t, slot] = [Math.floor(x * trace.T), slots[Math.floor(y * (slots.length + 1))]];
  const here = marksOf(trace).filter((mark) => mark.t === t && mark.slot === (slot ?? null));
  const says = here.map(({ text, again }) => text + (again === null ? "" : `, asked for again at t = ${again}`)).join("; ");
  return { t, ...(slot === undefined ? {} : { slot }), says: says || "nothing" };
}

/** Of the key space: the nearest slot, and how alike its key is to the head's query. */
function onPoints({ panel, width, height }, x, y, { trace, t, headOf }) {
  const keys = wordsOf(trace, panel.signal, t);
  const points = placesOf(panel, trace, t, width, height);
  const at = [x * width, y * height];
  const slot = nearest(at, points);
  if (slot < 0 || !points[slot] || Math.hypot(points[slot][0] - at[0], points[slot][1] - at[1]) > CLOSE) return null;
  const query = wordsOf(trace, panel.against, t)[headOf("read")];
  return { slot, says: `cosine to the query ${weight(cosine(keys[slot], query))}` };
}

function onPhases({ panel }, x, y, { trace }) {
  const rows = answersOf(panel, trace);
  const { phase, right, total } = rows[Math.floor(y * rows.length)];
  return { says: `${phase}: ${+right.toFixed(1)} of ${total} right, ${Math.round((100 * right) / total)} %` };
}
