/** Runs a function at the end of the current turn of the event loop. */
export type Defer = (run: () => void) => void;

/**
 * The platform's `setImmediate`, else a `MessageChannel`. Not a microtask: then `await` between two messages would put each
 * into a packet of its own.
 */
export function createDefer(): Defer {
  const { setImmediate } = globalThis as { setImmediate?: Defer };
  if (setImmediate !== undefined) return (run) => setImmediate(run);
  const { port1, port2 } = new MessageChannel();
  const queue: (() => void)[] = [];
  port1.onmessage = () => queue.shift()?.();
  return (run) => {
    queue.push(run);
    port2.postMessage(0);
  };
}
