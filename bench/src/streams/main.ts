import { runGroup } from "../run-group.ts";
import { measureBulk } from "./bulk.ts";
import { measureLatency } from "./latency.ts";
import { measureMemory } from "./memory.ts";
import { streams } from "./options.ts";

/** `pnpm bench streams`; returns the exit code. */
export function benchStreams(args: readonly string[]): Promise<number> {
  return runGroup(streams, args, [measureBulk, measureMemory, measureLatency]);
}
