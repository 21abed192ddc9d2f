import { toLine, toText, type Figure } from "./figure.ts";
import { groupUsage, parseGroupOptions, type Group, type GroupOptions } from "./group-options.ts";
import { createLog, type Log } from "./log.ts";
import { Children } from "./processes/children.ts";
import { holds } from "./report.ts";

/** Runs a bench that prints a line for each figure; returns the exit code. Its processes end with it. */
export async function runGroup<Name extends string>(
  group: Group<Name>,
  args: readonly string[],
  measure: (options: GroupOptions<Name>, children: Children, log: Log) => Promise<Figure[]>,
): Promise<number> {
  if (args.includes("--help")) {
    console.log(groupUsage(group));
    return 0;
  }
  const options = read(group, args);
  if (options === undefined) return 2;
  const children = new Children();
  const log = createLog(options.isVerbose);
  try {
    const lines = (await measure(options, children, log)).map(toLine);
    log.progress("");
    console.log(lines.map((line) => (options.isJson ? JSON.stringify(line) : toText(line))).join("\n"));
    return options.isCheck && lines.some((line) => holds(line) === false) ? 1 : 0;
  } catch (error) {
    console.error(`bench: ${error instanceof Error ? error.message : String(error)}`);
    return 1;
  } finally {
    log.progress("");
    await children.endAll();
  }
}

function read<Name extends string>(group: Group<Name>, args: readonly string[]): GroupOptions<Name> | undefined {
  try {
    return parseGroupOptions(group, args);
  } catch (error) {
    console.error(`bench: ${error instanceof Error ? error.message : String(error)}\n${groupUsage(group)}`);
    return undefined;
  }
}
