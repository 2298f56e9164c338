// Small frames and states for state.py, as decode.js and store.js make them.

const signals = (gradients) => ({
  memory: { kind: "memory", dims: ["t", "slot", "word"] },
  ...(gradients ? { d_memory: { kind: "gradient", dims: ["t", "slot", "word"], derived: "memory" } } : {}),
});
const cube = { data: new Float32Array(2), shape: [2, 1, 1] };
const rest = { meta: {}, panels: [], events: [], findings: [], limits: {} };
const traceFrame = (update, source, gradients = false) => ({
  header: { type: "trace", update, source, signals: signals(gradients), ...rest },
  arrays: { memory: cube, d_memory: cube },
});
const curveFrame = (from, update, branch = null) => ({ header: { type: "curve", from, branch }, arrays: { update: { data: update } } });
const training = { run: "a", epoch: 0, state: "training", update: 8, records: [0, 2, 8], speed: null, controls: true };
const statusFrame = (more) => ({ header: { type: "status", ...training, ...more }, arrays: {} });
const nothing = { run: null, state: "idle", records: [] };

const told = []; // what was sent
const send = (command) => (told.push(command), true);
const words = () => told.map(({ do: name, on, per_second }) => [name, on ?? per_second ?? null]);
const changed = (state, frame) => ({ ...state, ...$receive.receive(state, frame) });
const after = (...frames) => frames.reduce(changed, { ...$store.INITIAL, connection: "open" });
const running = (...more) => after(statusFrame(), traceFrame(8, "live"), ...more);
const storeOf = (patch) => $store.createStore({ ...$store.INITIAL, connection: "open", ...patch }, () => {});
const take = (store, frame) => store.set($receive.receive(store.get(), frame));
const actionsOf = (store) => $actions.createActions(store, send, { recipe: () => ({}), tell: () => {} });
