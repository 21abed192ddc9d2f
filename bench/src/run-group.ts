import { toLine, toText, type Figure } from "./figure.ts";
import { createLog, type Log } from "./log.ts";
import { parseOptions, usage, type Group, type Options } from "./options.ts";
import { Children } from "./processes/children.ts";
import { holds, type Line } from "./report.ts";

/** Measures some figures of a bench; those that the options do not ask for are left out. */
export type Measure<Name extends string, Contestant extends string, Result = Figure> = (
  options: Options<Name, Contestant>,
  children: Children,
  log: Log,
) => Promise<readonly Result[]>;

/** What is printed: lines for programs, and text for people. */
export interface Report {
  readonly lines: readonly Line[];
  readonly text: string;
}

function reportFigures(figures: readonly Figure[]): Report {
  const lines = figures.map(toLine);
  return { lines, text: lines.map(toText).join("\n") };
}

/** Runs a bench whose figures are a line each; what one of `measures` found is printed when it is there. Returns the exit code. */
export function runGroup<Name extends string, Contestant extends string>(
  group: Group<Name, Contestant>,
  args: readonly string[],
  measures: readonly Measure<Name, Contestant>[],
): Promise<number> {
  return runBench(group, args, measures, reportFigures);
}

/** The same for results that `report` puts into words. The bench's processes end with it. */
export async function runBench<Name extends string, Contestant extends string, Result>(
  group: Group<Name, Contestant>,
  args: readonly string[],
  measures: readonly Measure<Name, Contestant, Result>[],
  report: (results: readonly Result[]) => Report,
): Promise<number> {
  if (args.includes("--help")) {
    console.log(usage(group));
    return 0;
  }
  const options = read(group, args);
  if (options === undefined) return 2;
  const children = new Children();
  const log = createLog(options.isVerbose);
  let isHeld = true;
  try {
    for (const measure of measures) {
      const results = await measure(options, children, log);
      log.progress("");
      if (results.length === 0) continue;
      const { lines, text } = report(results);
      console.log(options.isJson ? lines.map((line) => JSON.stringify(line)).join("\n") : text);
      isHeld &&= lines.every((line) => holds(line) !== false);
    }
    return options.isCheck && !isHeld ? 1 : 0;
  } catch (error) {
    console.error(`bench: ${error instanceof Error ? error.message : String(error)}`);
    return 1;
  } finally {
    log.progress("");
    await children.endAll();
  }
}

function read<Name extends string, Contestant extends string>(
  group: Group<Name, Contestant>,
  args: readonly string[],
): Options<Name, Contestant> | undefined {
  try {
    return parseOptions(group, args);
  } catch (error) {
    console.error(`bench: ${error instanceof Error ? error.message : String(error)}\n${usage(group)}`);
    return undefined;
  }
}
