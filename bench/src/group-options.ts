import { parseArgs } from "node:util";

/** Options of a bench that prints a line for each figure. */
export interface GroupOptions<Name extends string> {
  readonly isJson: boolean;
  /** End with code 1 when a bar does not hold. */
  readonly isCheck: boolean;
  readonly rounds: number;
  /** Everything tiny: shows that it runs, measures nothing. */
  readonly isQuick: boolean;
  /** What `two` of the usage says. */
  readonly isTwo: boolean;
  readonly isVerbose: boolean;
  readonly only: ReadonlySet<Name>;
  readonly profileDir: string | undefined;
}

/** What such a bench is, for its help and for its options. */
export interface Group<Name extends string> {
  readonly bench: string;
  /** What `--two` does. */
  readonly two: string;
  readonly names: readonly Name[];
  /** What may stand before the names. */
  readonly prefix: RegExp;
}

/** The text of `--help`. */
export function groupUsage({ bench, two, names }: Group<string>): string {
  return `pnpm bench ${bench} [options]
  --json             one line per figure: {"name","ours","baseline","unit","ratio"}
  --check            exit code 1 when a bar does not hold
  --rounds N         interleaved rounds, 1-100 (7)
  --two              ${two}
  --only NAME,...    of ${names.join(", ")}
  --verbose          each round, on standard error
  --profile DIR      write CPU profiles of all processes to DIR
  --quick            tiny sizes: a smoke test, no figures to believe`;
}

/** @throws TypeError when an option is unknown or has a bad value. */
export function parseGroupOptions<Name extends string>({ names, prefix }: Group<Name>, args: readonly string[]): GroupOptions<Name> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      json: { type: "boolean", default: false },
      check: { type: "boolean", default: false },
      quick: { type: "boolean", default: false },
      two: { type: "boolean", default: false },
      rounds: { type: "string", default: "7" },
      only: { type: "string" },
      verbose: { type: "boolean", default: false },
      profile: { type: "string" },
    },
  });
  const rounds = Number(values.rounds);
  if (!Number.isInteger(rounds) || rounds < 1 || rounds > 100)
    throw new TypeError(`--rounds is a number from 1 to 100, not "${values.rounds}"`);
  const only = (values.only ?? names.join(",")).split(",").map((name) => name.replace(prefix, ""));
  const stranger = only.find((name) => !(names as readonly string[]).includes(name));
  if (stranger !== undefined) throw new TypeError(`no figure is called "${stranger}"; there are ${names.join(", ")}`);
  return {
    isJson: values.json,
    isCheck: values.check,
    rounds,
    isQuick: values.quick,
    isTwo: values.two,
    isVerbose: values.verbose,
    only: new Set(only as Name[]),
    profileDir: values.profile,
  };
}
