import { flagOf, optionNames, specs, type OptionName } from "./options.ts";

/** An option as it stands in lists. */
export interface Described {
  readonly flag: string;
  readonly standard: string;
  readonly help: string;
}

/** How an option is told of. */
export function describe(name: OptionName): Described {
  const { value, standard, help } = specs[name];
  // What is on by itself is told by the flag that turns it off.
  if (standard === true) return { flag: flagOf(name).replace("--", "--no-"), standard: "", help: `do not ${help}` };
  const flag = value === undefined ? flagOf(name) : `${flagOf(name)} ${value}`;
  return { flag, standard: standard === false || standard === undefined ? "" : standard === Infinity ? "none" : String(standard), help };
}

/** What `--help` prints. */
export function helpText(): string {
  const rows = optionNames.map(describe);
  const width = Math.max(...rows.map(({ flag }) => flag.length)) + 2;
  const line = ({ flag, standard, help }: Described): string => `  ${flag.padEnd(width)}${help}${standard === "" ? "" : ` [${standard}]`}`;
  return [
    "peerloom-server [options]",
    "",
    "A relay: clients that know each other's id talk through it.",
    "",
    line({ flag: "--config FILE", standard: "", help: `options as JSON: { "port": 8080, "tlsCert": "cert.pem" }` }),
    line({ flag: "--help, --version", standard: "", help: "print this text, or the version" }),
    ...rows.map(line),
    "",
    "Each option can also be set in the environment, --tls-cert as PEERLOOM_TLS_CERT, or in the config file, as tlsCert. Flags go before",
    "the environment, that before the file. Secrets are better off in one of these: other users of the machine can see flags.",
    "SIGTERM drains and ends the relay; a second one ends it at once.",
    "",
  ].join("\n");
}
