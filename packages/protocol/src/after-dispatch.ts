/** What is used of Node's `process`, where there is one. */
interface Ticking {
  readonly nextTick?: (run: () => void) => void;
}

const { process } = globalThis as { readonly process?: Ticking };
const nextTick = process?.nextTick;

/** Runs something once socket.io has dispatched what it has decoded: it defers that by `process.nextTick` in Node, and by a promise elsewhere. */
export const afterDispatch: (run: () => void) => void =
  nextTick === undefined ? queueMicrotask : (run) => nextTick(() => queueMicrotask(run));
