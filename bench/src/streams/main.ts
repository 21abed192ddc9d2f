import type { Figure } from "../figure.ts";
import { runGroup } from "../run-group.ts";
import { measureBulk } from "./bulk.ts";
import { measureLatency } from "./latency.ts";
import { measureMemory } from "./memory.ts";
import { streams, type StreamFigureName } from "./options.ts";

const measures = { "bulk-64KiB": measureBulk, "slow-reader-memory": measureMemory, "request-during-bulk-p99": measureLatency } as const;

/** `pnpm bench streams`; returns the exit code. */
export function benchStreams(args: readonly string[]): Promise<number> {
  return runGroup(streams, args, async (options, children, log) => {
    const figures: Figure[] = [];
    for (const [name, run] of Object.entries(measures)) {
      if (options.only.has(name as StreamFigureName)) figures.push(...(await run(options, children, log)));
    }
    return figures;
  });
}
