import { parseArgs } from "node:util";
import { contestants } from "./contestants/contestants.ts";
import type { ContestantName } from "./contestants/contestants.ts";
import { idleFigures, loadFigures } from "./figures.ts";

export interface Options {
  readonly isJson: boolean;
  /** End with code 1 when a bar does not hold. */
  readonly isCheck: boolean;
  readonly rounds: number;
  /** Everything tiny: shows that it runs, measures nothing. */
  readonly isQuick: boolean;
  /** A and B in processes of their own. */
  readonly isTwo: boolean;
  readonly figures: ReadonlySet<string>;
  readonly without: ReadonlySet<ContestantName>;
  /** Show each round. */
  readonly isVerbose: boolean;
  readonly profileDir: string | undefined;
}

export const usage = `pnpm bench relay [options]
  --json             one line per figure: {"name","ours","baseline","unit","ratio"}
  --check            exit code 1 when a bar does not hold
  --rounds N         interleaved rounds, 1-100 (5)
  --two              sender and receiver in processes of their own
  --only NAME,...    these figures only
  --without NAME,... leave out ours, hand, ws, plugin or bare
  --verbose          each round, on standard error
  --profile DIR      write CPU profiles of all processes to DIR
  --quick            tiny sizes: a smoke test, no figures to believe`;

const list = (text: string | undefined): string[] => text?.split(",").filter(Boolean) ?? [];

/** @throws TypeError when an option is unknown or has a bad value. */
export function parseOptions(args: readonly string[]): Options {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      json: { type: "boolean", default: false },
      check: { type: "boolean", default: false },
      quick: { type: "boolean", default: false },
      two: { type: "boolean", default: false },
      rounds: { type: "string", default: "5" },
      only: { type: "string" },
      without: { type: "string" },
      verbose: { type: "boolean", default: false },
      profile: { type: "string" },
    },
  });
  if (positionals.length !== 1 || positionals[0] !== "relay")
    throw new TypeError(`the one bench is "relay", not "${positionals.join(" ")}"`);
  const rounds = Number(values.rounds);
  if (!Number.isInteger(rounds) || rounds < 1 || rounds > 100)
    throw new TypeError(`--rounds is a number from 1 to 100, not "${values.rounds}"`);
  const names = [...loadFigures, ...idleFigures].map((figure) => figure.name);
  const only = list(values.only).map((name) => (name.startsWith("relay.") ? name : `relay.${name}`));
  const unknown = only.find((name) => !names.includes(name));
  if (unknown) throw new TypeError(`no figure is called "${unknown}"; there are ${names.join(", ")}`);
  const without = list(values.without);
  const stranger = without.find((name) => !Object.hasOwn(contestants, name));
  if (stranger) throw new TypeError(`--without knows ours, hand, ws, plugin and bare, not "${stranger}"`);
  return {
    isJson: values.json,
    isCheck: values.check,
    rounds,
    isQuick: values.quick,
    isTwo: values.two,
    figures: new Set(only.length > 0 ? only : names),
    without: new Set(without as ContestantName[]),
    isVerbose: values.verbose,
    profileDir: values.profile,
  };
}
