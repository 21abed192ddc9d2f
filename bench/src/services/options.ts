import { parseArgs } from "node:util";

const names = ["calls-64", "call-latency", "fanout-1000", "fanout-1000-alone", "fanout-1000-burst"] as const;

type ServiceFigureName = (typeof names)[number];

export interface ServiceOptions {
  readonly isJson: boolean;
  readonly isCheck: boolean;
  readonly rounds: number;
  readonly isQuick: boolean;
  readonly isTwo: boolean;
  readonly isVerbose: boolean;
  readonly only: ReadonlySet<ServiceFigureName>;
  readonly profileDir: string | undefined;
}

export const serviceUsage = `pnpm bench services [options]
  --json             one line per figure: {"name","ours","baseline","unit","ratio"}
  --check            exit code 1 when a bar does not hold
  --rounds N         interleaved rounds, 1-100 (7)
  --two              two halves of the subscribers in processes of their own
  --only NAME,...    of ${names.join(", ")}
  --verbose          each round, on standard error
  --profile DIR      write CPU profiles of all processes to DIR
  --quick            tiny sizes: a smoke test, no figures to believe`;

/** @throws TypeError when an option is unknown or has a bad value. */
export function parseServiceOptions(args: readonly string[]): ServiceOptions {
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
  const only = (values.only ?? names.join(",")).split(",").map((name) => name.replace(/^(services|topics)\./, ""));
  const stranger = only.find((name) => !(names as readonly string[]).includes(name));
  if (stranger !== undefined) throw new TypeError(`no figure is called "${stranger}"; there are ${names.join(", ")}`);
  return {
    isJson: values.json,
    isCheck: values.check,
    rounds,
    isQuick: values.quick,
    isTwo: values.two,
    isVerbose: values.verbose,
    only: new Set(only as ServiceFigureName[]),
    profileDir: values.profile,
  };
}
