import { parseArgs } from "node:util";

export const platforms = ["chromium", "werift", "native"] as const;
export type Platform = (typeof platforms)[number];
export const figureNames = ["connect", "rtt", "small", "bulk"] as const;

export interface PeerOptions {
  readonly isJson: boolean;
  readonly isCheck: boolean;
  readonly isQuick: boolean;
  readonly isVerbose: boolean;
  readonly rounds: number;
  /** Platform and figure, such as `chromium.rtt`. */
  readonly only: ReadonlySet<string>;
  readonly without: ReadonlySet<string>;
}

const others = ["peerjs", "simple-peer", "trystero"];
const all = platforms.flatMap((platform) => figureNames.map((figure) => `${platform}.${figure}`));

export const peerUsage = `pnpm bench peer [options]
  --json             one line per figure: {"name","ours","baseline","unit","ratio"}
  --check            exit code 1 when a bar does not hold
  --rounds N         interleaved rounds, 1-100 (7)
  --only NAME,...    platforms (${platforms.join(", ")}) or figures such as chromium.rtt
  --without NAME,... leave out ${others.join(", ")}
  --verbose          each round, on standard error
  --quick            tiny sizes: a smoke test, no figures to believe`;

/** @throws TypeError when an option is unknown or has a bad value. */
export function parsePeerOptions(args: readonly string[]): PeerOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      json: { type: "boolean", default: false },
      check: { type: "boolean", default: false },
      quick: { type: "boolean", default: false },
      rounds: { type: "string", default: "7" },
      only: { type: "string", default: "" },
      without: { type: "string", default: "" },
      verbose: { type: "boolean", default: false },
    },
  });
  const rounds = Number(values.rounds);
  if (!Number.isInteger(rounds) || rounds < 1 || rounds > 100)
    throw new TypeError(`--rounds is a number from 1 to 100, not "${values.rounds}"`);
  const names = list(values.only).map((name) => name.replace(/^peer\./, ""));
  const only = names.length === 0 ? all : names.flatMap((name) => all.filter((one) => one === name || one.startsWith(`${name}.`)));
  const stranger = names.find((name) => !all.some((one) => one === name || one.startsWith(`${name}.`)));
  if (stranger !== undefined) throw new TypeError(`no figure is called "${stranger}"; there are ${all.join(", ")}`);
  const without = list(values.without);
  const unknown = without.find((name) => !others.includes(name));
  if (unknown !== undefined) throw new TypeError(`--without knows ${others.join(", ")}, not "${unknown}"`);
  return {
    isJson: values.json,
    isCheck: values.check,
    isQuick: values.quick,
    isVerbose: values.verbose,
    rounds,
    only: new Set(only),
    without: new Set(without),
  };
}

const list = (text: string): string[] => text.split(",").filter(Boolean);
