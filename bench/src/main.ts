import { measureIdle } from "./idle-rounds.ts";
import { measureLoads } from "./load-rounds.ts";
import { createLog } from "./log.ts";
import type { Measured } from "./measured.ts";
import { parseOptions, usage } from "./options.ts";
import type { Options } from "./options.ts";
import { Children } from "./processes/children.ts";
import { holds, toLines, toTable } from "./report.ts";

async function measure(options: Options): Promise<Measured[]> {
  const children = new Children();
  const log = createLog(options.isVerbose);
  try {
    return [...(await measureLoads(options, children, log)), ...(await measureIdle(options, children, log))];
  } finally {
    log.progress("");
    await children.endAll();
  }
}

function read(): Options | undefined {
  try {
    return parseOptions(process.argv.slice(2));
  } catch (error) {
    console.error(`bench: ${error instanceof Error ? error.message : String(error)}\n${usage}`);
    return undefined;
  }
}

async function benchRelay(): Promise<number> {
  if (process.argv.includes("--help")) {
    console.log(usage);
    return 0;
  }
  const options = read();
  if (options === undefined) return 2;
  try {
    const measured = await measure(options);
    const lines = toLines(measured);
    console.log(options.isJson ? lines.map((line) => JSON.stringify(line)).join("\n") : toTable(measured));
    return options.isCheck && lines.some((line) => holds(line) === false) ? 1 : 0;
  } catch (error) {
    console.error(`bench: ${error instanceof Error ? error.message : String(error)}`);
    return 1;
  }
}

const [bench = "", ...rest] = process.argv.slice(2);
/** Each loads what it needs when it is asked for: browsers and databases are none of the others' business. */
const others: Readonly<Record<string, () => Promise<(args: readonly string[]) => Promise<number>>>> = {
  chat: async () => (await import("./chat/main.ts")).benchChat,
  cluster: async () => (await import("./cluster/main.ts")).benchCluster,
  load: async () => (await import("./crowd/main.ts")).benchLoad,
  paths: async () => (await import("./paths/main.ts")).benchPaths,
  peer: async () => (await import("./peer/main.ts")).benchPeer,
  services: async () => (await import("./services/main.ts")).benchServices,
  streams: async () => (await import("./streams/main.ts")).benchStreams,
};
const other = Object.hasOwn(others, bench) ? await others[bench]?.() : undefined;
process.exitCode = await (other === undefined ? benchRelay() : other(rest));
