import { parseArgs } from "node:util";

/** A bench: what it measures, for its help and for its options. */
export interface Group<Name extends string = string, Contestant extends string = string> {
  readonly bench: string;
  readonly names: readonly Name[];
  /** What may stand before a name of `--only`. */
  readonly prefix: RegExp;
  /** @defaultValue 7 */
  readonly rounds?: number;
  /** What `--two` does. Left out where it would do nothing. */
  readonly two?: string;
  /** Whom `--without` may leave out. */
  readonly contestants?: readonly Contestant[];
  /** Whether it starts processes, into which `--profile` can look. @defaultValue true */
  readonly hasProcesses?: boolean;
}

export interface Options<Name extends string = string, Contestant extends string = string> {
  readonly isJson: boolean;
  /** End with code 1 when a bar does not hold. */
  readonly isCheck: boolean;
  readonly rounds: number;
  /** Everything tiny: shows that it runs, measures nothing. */
  readonly isQuick: boolean;
  /** What `two` of the group says. */
  readonly isTwo: boolean;
  /** Show each round. */
  readonly isVerbose: boolean;
  readonly only: ReadonlySet<Name>;
  readonly without: ReadonlySet<Contestant>;
  readonly profileDir: string | undefined;
}

/** The text of `--help`. */
export function usage({ bench, names, rounds = 7, two, contestants, hasProcesses = true }: Group): string {
  const lines = [
    ["--json", 'one line per figure: {"name","ours","baseline","unit","ratio"}'],
    ["--check", "exit code 1 when a bar does not hold"],
    ["--rounds N", `interleaved rounds, 1-100 (${rounds})`],
    ["--two", two],
    ["--only NAME,...", `of ${names.join(", ")}`],
    ["--without NAME,...", contestants && `leave out ${contestants.join(", ")}`],
    ["--verbose", "each round, on standard error"],
    ["--profile DIR", hasProcesses ? "write CPU profiles of all processes to DIR" : undefined],
    ["--quick", "tiny sizes: a smoke test, no figures to believe"],
  ] as const;
  const known = lines.flatMap(([option, what]) => (what === undefined ? [] : [`  ${option.padEnd(18)} ${what}`]));
  return [`pnpm bench ${bench} [options]`, ...known].join("\n");
}

/** @throws TypeError when an option is unknown or has a bad value. */
export function parseOptions<Name extends string, Contestant extends string>(
  group: Group<Name, Contestant>,
  args: readonly string[],
): Options<Name, Contestant> {
  const { names, prefix, rounds: usual = 7, contestants = [] } = group;
  const { json, check, quick, verbose, two = false, ...values } = read(args, group);
  const rounds = Number(values.rounds ?? usual);
  if (!Number.isInteger(rounds) || rounds < 1 || rounds > 100)
    throw new TypeError(`--rounds is a number from 1 to 100, not "${values.rounds}"`);
  const words = list(values.only).map((word) => word.replace(prefix, ""));
  const without = list(values.without);
  const left = contestants.filter((name) => without.includes(name));
  const stranger = without.find((name) => !left.some((known) => known === name));
  if (stranger !== undefined) throw new TypeError(`--without knows ${contestants.join(", ")}, not "${stranger}"`);
  return {
    isJson: json,
    isCheck: check,
    rounds,
    isQuick: quick,
    isTwo: two,
    isVerbose: verbose,
    only: new Set(words.length === 0 ? names : words.flatMap((word) => named(word, names))),
    without: new Set(left),
    profileDir: values.profile,
  };
}

interface Values {
  readonly json: boolean;
  readonly check: boolean;
  readonly quick: boolean;
  readonly verbose: boolean;
  readonly two?: boolean;
  readonly rounds?: string;
  readonly only?: string;
  readonly without?: string;
  readonly profile?: string;
}

/** The words, as they are; an option that would do nothing is unknown. */
function read(args: readonly string[], { two, contestants, hasProcesses = true }: Group): Values {
  const flag = { type: "boolean", default: false } as const;
  const text = { type: "string" } as const;
  const { values } = parseArgs({
    args: [...args],
    options: {
      ...{ json: flag, check: flag, quick: flag, verbose: flag, rounds: text, only: text },
      ...(two && { two: flag }),
      ...(contestants?.length && { without: text }),
      ...(hasProcesses && { profile: text }),
    },
  });
  return values as unknown as Values;
}

/** The figure of that name, or those whose names begin with it and a dot. */
function named<Name extends string>(word: string, names: readonly Name[]): Name[] {
  const found = names.filter((name) => name === word || name.startsWith(`${word}.`));
  if (found.length === 0) throw new TypeError(`no figure is called "${word}"; there are ${names.join(", ")}`);
  return found;
}

const list = (text: string | undefined): string[] => text?.split(",").filter(Boolean) ?? [];
