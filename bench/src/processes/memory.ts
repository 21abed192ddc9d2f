import { setImmediate as turn } from "node:timers/promises";

/** Bytes that are in use after garbage was collected. */
export async function memory(): Promise<number> {
  for (let i = 0; i < 4; i++) {
    globalThis.gc?.();
    await turn();
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
