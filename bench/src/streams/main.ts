import { toLine, toText, type Figure } from "../figure.ts";
import { createLog } from "../log.ts";
import { Children } from "../processes/children.ts";
import { holds } from "../report.ts";
import { measureBulk } from "./bulk.ts";
import { measureLatency } from "./latency.ts";
import { measureMemory } from "./memory.ts";
import { parseStreamOptions, streamUsage, type StreamFigureName, type StreamOptions } from "./options.ts";

const measures = { "bulk-64KiB": measureBulk, "slow-reader-memory": measureMemory, "request-during-bulk-p99": measureLatency } as const;

/** `pnpm bench streams`; returns the exit code. */
export async function benchStreams(args: readonly string[]): Promise<number> {
  if (args.includes("--help")) {
    console.log(streamUsage);
    return 0;
  }
  const options = read(args);
  if (options === undefined) return 2;
  try {
    const lines = (await measure(options)).map(toLine);
    console.log(lines.map((line) => (options.isJson ? JSON.stringify(line) : toText(line))).join("\n"));
    return options.isCheck && lines.some((line) => holds(line) === false) ? 1 : 0;
  } catch (error) {
    console.error(`bench: ${error instanceof Error ? error.message : String(error)}`);
    return 1;
  }
}

function read(args: readonly string[]): StreamOptions | undefined {
  try {
    return parseStreamOptions(args);
  } catch (error) {
    console.error(`bench: ${error instanceof Error ? error.message : String(error)}\n${streamUsage}`);
    return undefined;
  }
}

async function measure(options: StreamOptions): Promise<Figure[]> {
  const children = new Children();
  const log = createLog(options.isVerbose);
  const figures: Figure[] = [];
  try {
    for (const [name, run] of Object.entries(measures)) {
      if (options.only.has(name as StreamFigureName)) figures.push(...(await run(options, children, log)));
    }
    return figures;
  } finally {
    log.progress("");
    await children.endAll();
  }
}
