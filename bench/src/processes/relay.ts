import { setImmediate as turn } from "node:timers/promises";
import { contestants } from "../contestants/contestants.ts";
import type { ContestantName } from "../contestants/contestants.ts";
import { answer } from "./answer.ts";

/** Bytes that are in use after garbage was collected. */
async function memory(): Promise<number> {
  for (let i = 0; i < 4; i++) {
    globalThis.gc?.();
    await turn();
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

const { listen } = await contestants[process.argv[2] as ContestantName].relay();
answer(await listen(), { memory });
