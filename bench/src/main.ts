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

const isHelp = process.argv.includes("--help");
const options = isHelp ? undefined : read();
if (isHelp) console.log(usage);
else if (options) {
  try {
    const measured = await measure(options);
    const lines = toLines(measured);
    console.log(options.isJson ? lines.map((line) => JSON.stringify(line)).join("\n") : toTable(measured));
    if (options.isCheck && lines.some((line) => holds(line) === false)) process.exitCode = 1;
  } catch (error) {
    console.error(`bench: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
  }
} else process.exitCode = 2;
