// The sentence under the figure: what the chosen head does at step t, with the numbers of the trace.

import { effectiveSlots, having, heaviest, shiftOf, verdict, weightingOf } from "./facts.js";
import { readerOf, writerOf } from "./lineage.js";
import { rowAt, valueAt } from "./reduce.js";
import { weight } from "./numbers.js";

const SPREAD = 2; // effective slots from which a head is said to look at many

/**
 * The caption as parts: `[text, role]`, role one of "plain", "strong", "write", "read", "number", "good", "bad", "quiet".
 * `at` is `{ t, side, head }`.
 */
export function captionParts(trace, { t, side, head }) {
  const name = weightingOf(trace, side);
  if (!name) return [[`t = ${t}`, "strong"], ...answerParts(trace, t)];
  const row = rowAt(trace, name, { t, [side]: head });
  const { slot, value } = heaviest(row);
  const spread = effectiveSlots(row);
  const verb = trace.sizes[side] > 1 ? `${side.toUpperCase()} head ${head}` : side.toUpperCase();
  const parts = [[`t = ${t}`, "strong"], [verb, side]];
  if (!Number.isFinite(value)) return [...parts, [`is not finite (${value})`, "bad"]];
  if (spread > SPREAD) {
    parts.push(["spread over", "plain"], [`${spread.toFixed(1)} slots`, "strong"], [`(most on slot ${slot},`, "plain"], [`${weight(value)})`, "number"]);
  } else {
    parts.push(["→ slot", "plain"], [String(slot), "strong"], [`(${weight(value)})`, "number"]);
  }
  parts.push(...(side === "read" ? originParts(trace, t, slot, spread) : fateParts(trace, t, slot, value)));
  if (side === "read") parts.push(...answerParts(trace, t));
  return [...parts, ...steeringParts(trace, t, side, head)];
}

function originParts(trace, t, slot, spread) {
  if (spread > SPREAD) return [];
  const write = writerOf(trace, slot, t);
  return write ? [["written at", "plain"], [`t = ${write.t}`, "write"]] : [["never written", "quiet"]];
}

function fateParts(trace, t, slot, value) {
  if (value < 0.5) return [];
  const read = readerOf(trace, slot, t);
  return read ? [["read back at", "plain"], [`t = ${read.t}`, "read"]] : [["not read again", "quiet"]];
}

function answerParts(trace, t) {
  const score = verdict(trace, t);
  if (!score) return [];
  if (score.classes) return [["→ answer", "plain"], score.wrong ? ["wrong", "bad"] : ["right", "good"]];
  if (score.wrong === 0) return [["→ output bits", "plain"], ["right", "good"]];
  return [["→", "plain"], [`${score.wrong} of ${score.total} output bits wrong`, "bad"]];
}

/** How the head came there: by searching or by keeping its place, and how far it moved. */
function steeringParts(trace, t, side, head) {
  const gates = having(trace, "gate", ["t", side]);
  const shift = shiftOf(trace, side, t, head);
  if (gates.length !== 1 || !shift) return [];
  const gate = valueAt(trace, gates[0], { t, [side]: head });
  const how = gate >= 0.7 ? "it searched by content" : gate <= 0.3 ? "it kept its place" : "it mixed search and place";
  const moved = shift.offset === 0 ? "did not move" : `moved by ${shift.offset > 0 ? "+" : "−"}${Math.abs(shift.offset)}`;
  const sure = shift.value >= 0.5 ? moved : "blurred its shift";
  return [["·", "quiet"], [`gate ${weight(gate)}: ${how} and ${sure}`, "quiet"]];
}

/** Parts as one plain sentence, for the live region and for tests. */
export function captionText(parts) {
  return parts.map(([text]) => text).join(" ").replace(/\s+([,.)])/g, "$1");
}
