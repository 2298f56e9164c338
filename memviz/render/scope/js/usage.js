// What a trace's memory was used for, in counts, and the moments worth stopping at.

import { answering, firstWrites, having, heaviest, once, STRONG, strongestHead, verdict, weightingOf } from "./facts.js";
import { readerOf, survivalOf, writerOf } from "./lineage.js";
import { rowAt } from "./reduce.js";

/**
 * The moments worth stopping at, in order: `{ t, side }`. A write that is read again, a sharp read that answers, the
 * start of a phase, a finding, and every event that is neither a read nor a write.
 */
export function notable(trace) {
  return once(trace, "notable", () => {
    const found = trace.events.filter((event) => isNotable(trace, event)).map(({ t, head }) => ({ t, side: head?.split(".")[0] }));
    const phases = trace.meta.phases ?? [];
    phases.forEach((phase, t) => t > 0 && phase !== phases[t - 1] && found.push({ t }));
    for (const { t } of trace.findings) if (Number.isInteger(t)) found.push({ t });
    return found.sort((a, b) => a.t - b.t);
  });
}

function isNotable(trace, { t, name, slot }) {
  const known = Number.isInteger(slot);
  if (name === "write" && known) return strongestHead(trace, "write", t, slot).value >= STRONG && readerOf(trace, slot, t) !== null;
  if (name === "read" && known) return strongestHead(trace, "read", t, slot).value >= STRONG && answering(trace, t);
  return !["read", "write"].includes(name);
}

/** Answers, sharp reads and the writes they go back to, wrong bits, lost words, untouched slots; null without a memory. */
export function usageOf(trace) {
  return once(trace, "usage", () => {
    if (!weightingOf(trace, "read") || !weightingOf(trace, "write")) return null;
    const facts = { answers: 0, sharp: 0, traced: 0, wrong: 0, bits: 0, lost: 0, untouched: 0 };
    const sources = new Set();
    for (let t = 0; t < trace.T; t++) {
      const score = verdict(trace, t);
      if (!score) continue;
      facts.answers++;
      facts.wrong += score.wrong;
      facts.bits += score.total;
      const read = sharpestRead(trace, t);
      if (read.value < STRONG) continue;
      facts.sharp++;
      const source = writerOf(trace, read.slot, t);
      if (source) sources.add(source.t);
    }
    facts.traced = sources.size;
    facts.lost = lostWords(trace, sources);
    facts.untouched = firstWrites(trace).filter((t) => t < 0).length;
    return facts;
  });
}

function sharpestRead(trace, t) {
  const name = weightingOf(trace, "read");
  let best = { slot: 0, value: 0 };
  for (let head = 0; head < trace.sizes.read; head++) {
    const found = heaviest(rowAt(trace, name, { t, read: head }));
    if (found.value > best.value) best = found;
  }
  return best;
}

/** Words heard in the first phase, strongly written, read by nobody, and more than half gone at the end. */
function lostWords(trace, sources) {
  const name = weightingOf(trace, "write");
  let lost = 0;
  for (let t = 0; t < trace.T; t++) {
    if (!heard(trace, t) || sources.has(t)) continue;
    for (let head = 0; head < trace.sizes.write; head++) {
      const { slot, value } = heaviest(rowAt(trace, name, { t, write: head }));
      if (value >= STRONG && survivalOf(trace, slot, t) < 0.5) lost++;
    }
  }
  return lost;
}

function heard(trace, t) {
  const [input] = having(trace, "input", ["t", "input"]);
  const { phases } = trace.meta;
  const listening = phases ? phases[t] === phases[0] : !answering(trace, t);
  return Boolean(input) && listening && rowAt(trace, input, { t }).some((value) => value !== 0);
}
