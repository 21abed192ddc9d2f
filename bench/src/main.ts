import { benchChat } from "./chat/main.ts";
import { benchCluster } from "./cluster/main.ts";
import { benchLoad } from "./crowd/main.ts";
import { measureIdle } from "./idle-rounds.ts";
import { measureLoads } from "./load-rounds.ts";
import { createLog } from "./log.ts";
import type { Measured } from "./measured.ts";
import { parseOptions, usage } from "./options.ts";
import type { Options } from "./options.ts";
import { benchPaths } from "./paths/main.ts";
import { benchPeer } from "./peer/main.ts";
import { Children } from "./processes/children.ts";
import { holds, toLines, toTable } from "./report.ts";
import { benchServices } from "./services/main.ts";
import { benchStreams } from "./streams/main.ts";

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
const others: Readonly<Record<string, (args: readonly string[]) => Promise<number>>> = {
  chat: benchChat,
  cluster: benchCluster,
  load: benchLoad,
  paths: benchPaths,
  peer: benchPeer,
  services: benchServices,
  streams: benchStreams,
};
process.exitCode = await (Object.hasOwn(others, bench) ? others[bench]?.(rest) : benchRelay());
