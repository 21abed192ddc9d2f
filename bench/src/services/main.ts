import { toLine, toText, type Figure } from "../figure.ts";
import { createLog } from "../log.ts";
import { Children } from "../processes/children.ts";
import { holds } from "../report.ts";
import { measureCalls } from "./calls.ts";
import { measureFanout } from "./fanout.ts";
import { parseServiceOptions, serviceUsage, type ServiceOptions } from "./options.ts";

/** `pnpm bench services`; returns the exit code. */
export async function benchServices(args: readonly string[]): Promise<number> {
  if (args.includes("--help")) {
    console.log(serviceUsage);
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

function read(args: readonly string[]): ServiceOptions | undefined {
  try {
    return parseServiceOptions(args);
  } catch (error) {
    console.error(`bench: ${error instanceof Error ? error.message : String(error)}\n${serviceUsage}`);
    return undefined;
  }
}

async function measure(options: ServiceOptions): Promise<Figure[]> {
  const children = new Children();
  const log = createLog(options.isVerbose);
  try {
    return [...(await measureCalls(options, children, log)), ...(await measureFanout(options, children, log))];
  } finally {
    log.progress("");
    await children.endAll();
  }
}
