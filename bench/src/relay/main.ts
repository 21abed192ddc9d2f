import type { Log } from "../log.ts";
import type { Measured } from "../measured.ts";
import type { Children } from "../processes/children.ts";
import { toLines, toTable } from "../report.ts";
import { runBench } from "../run-group.ts";
import { measureIdle } from "./idle-rounds.ts";
import { measureLoads } from "./load-rounds.ts";
import { relay, type RelayOptions } from "./options.ts";

async function measure(options: RelayOptions, children: Children, log: Log): Promise<Measured[]> {
  return [...(await measureLoads(options, children, log)), ...(await measureIdle(options, children, log))];
}

/** `pnpm bench relay`; returns the exit code. */
export function benchRelay(args: readonly string[]): Promise<number> {
  return runBench(relay, args, [measure], (measured) => ({ lines: toLines(measured), text: toTable(measured) }));
}
