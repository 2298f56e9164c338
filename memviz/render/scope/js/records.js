// The moments of training that can be shown: recorded updates, what is cached of them, and the axis they lie on.

/** The branch that is looked at in place of the run's present one, or null. */
export function branchOf({ branch = null, status }) {
  return branch === null ? null : (status?.branches?.find(({ id }) => id === branch) ?? null);
}

/** Updates that can be shown, ascending: those already here and, while the run can be asked for them, those it recorded. */
export function recordsOf(state) {
  const recorded = watched(state) ? (branchOf(state) ?? state.status).records : [];
  const updates = new Set([...(recorded ?? []), ...state.traces.keys()]);
  return [...updates].sort((a, b) => a - b);
}

/** Whether a run trains, or is about to. */
export function moving(status) {
  return ["compiling", "waiting", "training"].includes(status?.state);
}

/** Sequences a second: as measured over the last second or, where that is not known, over the whole run. */
export function speedOf({ per_second, sequences, seconds }) {
  return per_second || sequences / seconds;
}

/** Whether this browser may command the run that it sees. */
export function controlled({ connection, status }) {
  return connection === "open" && Boolean(status?.run && status.controls);
}

/** Whether a run can be asked for its records, which whoever watches may do. */
export function watched({ connection, status }) {
  return connection === "open" && Boolean(status?.run);
}

/** The update on show. */
export function shownUpdate(state) {
  return state.u ?? state.trace?.update ?? 0;
}

/** The record nearest to an update, or null without records. */
export function nearest(records, update) {
  return records.reduce((best, u) => (best === null || Math.abs(u - update) < Math.abs(best - update) ? u : best), null);
}

/** The training axis: 0..1 for an update; early updates get more room, because that is where the records are. */
export function trainingAxis(state) {
  const { curve, status } = state;
  const max = Math.max(1, status?.update ?? 0, curve.update.at(-1) ?? 0, recordsOf(state).at(-1) ?? 0);
  const bend = Math.max(1, max / 60);
  const whole = Math.log1p(max / bend);
  const to = (u) => Math.log1p(u / bend) / whole;
  const from = (x) => Math.expm1(x * whole) * bend;
  return { max, to, from };
}

/** `traces` with one more, thinned to `most`: of the crowded ones in between the closest pair loses a member. */
export function remember(traces, trace, keep, most = 64) {
  const next = new Map([...traces, [trace.update, trace]].sort((a, b) => a[0] - b[0]));
  while (next.size > most) {
    const updates = [...next.keys()];
    let drop = null;
    let closest = Infinity;
    for (let i = 1; i < updates.length - 1; i++) {
      const room = Math.log1p(updates[i + 1]) - Math.log1p(updates[i - 1]);
      if (room < closest && !keep.has(updates[i])) [closest, drop] = [room, updates[i]];
    }
    next.delete(drop ?? updates[1]);
  }
  return next;
}
