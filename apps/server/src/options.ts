import { join } from "node:path";
import { parseArgs } from "node:util";
import { makePassword } from "./admin/password.ts";

export interface DemoOptions {
  /** 0 takes any free port. */
  readonly port: number;
  readonly host: string;
  /** Folder of the built chat page. */
  readonly pages: string;
  readonly signaling: Signaling;
  readonly adminPassword: string;
  /** The password was made up just now: somebody has to be told. */
  readonly isPasswordNew: boolean;
  /** Key of the relay's resume secrets; without it, each start makes its own. */
  readonly secret: string | undefined;
}

/** Who may find each other by this relay: programs of ours, front ends with socket.io-client alone. */
export const signalings = {
  all: { isRelayed: true, isPlain: true },
  relay: { isRelayed: true, isPlain: false },
  plain: { isRelayed: false, isPlain: true },
  none: { isRelayed: false, isPlain: false },
} as const;

type Signaling = keyof typeof signalings;

/** One row for each option: flag, what follows it, variable, default, and what it is. */
const table = [
  ["port", "N", "PORT", "8080", "TCP port, 0 for any free one"],
  ["host", "NAME", "HOST", "127.0.0.1", "address to listen on, 0.0.0.0 to let others in"],
  ["pages", "DIR", "", "the chat", "folder of the built page"],
  ["signaling", "WHICH", "SIGNALING", "all", `how WebRTC peers find each other: ${Object.keys(signalings).join(", ")}`],
  ["admin-password", "TEXT", "PEERLOOM_ADMIN_PASSWORD", "made up and printed", "password of /admin, 8 characters or more"],
] as const;

type Flag = (typeof table)[number][0] | "help";

const minSecretBytes = 16;
const minPasswordLength = 8;
const maxPasswordLength = 256;
const chatPages = join(import.meta.dirname, "..", "..", "chat", "dist");

export const usage: string = [
  "pnpm demo [options]",
  ...table.map(([flag, value, variable, standard, what]) => {
    const source = variable === "" ? standard : `${variable}, ${standard}`;
    return `  ${`--${flag} ${value}`.padEnd(24)}${what} (${source})`;
  }),
  `  ${"--help".padEnd(24)}this text`,
  "PEERLOOM_SECRET, 16 bytes or more, keeps what clients prove themselves with valid over a restart.",
].join("\n");

/** Flags go before environment variables. @throws TypeError saying in one line which option is wrong. */
export function parseOptions(args: readonly string[], env: Readonly<Record<string, string | undefined>>): DemoOptions | "help" {
  const flags = parseFlags(args);
  if (flags.has("help")) return "help";
  /** What was given, and by which name. */
  const given = (flag: Flag): readonly [name: string, value: string] | undefined => {
    const variable = table.find(([name]) => name === flag)?.[2] ?? "";
    const [byFlag, byVariable] = [flags.get(flag), env[variable] || undefined];
    if (byFlag !== undefined) return [`--${flag}`, byFlag];
    return byVariable === undefined ? undefined : [variable, byVariable];
  };
  const password = given("admin-password");
  return {
    port: parsePort(...(given("port") ?? ["PORT", "8080"])),
    host: given("host")?.[1] ?? "127.0.0.1",
    pages: given("pages")?.[1] ?? chatPages,
    signaling: parseSignaling(...(given("signaling") ?? ["SIGNALING", "all"])),
    adminPassword: password === undefined ? makePassword() : checkPassword(...password),
    isPasswordNew: password === undefined,
    secret: checkSecret(env["PEERLOOM_SECRET"] || undefined),
  };
}

function parseFlags(args: readonly string[]): ReadonlyMap<Flag, string> {
  const options = Object.fromEntries<{ readonly type: "string" | "boolean" }>([
    ...table.map(([flag]) => [flag, { type: "string" }] as const),
    ["help", { type: "boolean" }],
  ]);
  try {
    // Behind `pnpm demo --` stands a "--" of its own.
    const { values } = parseArgs({ args: args.filter((arg) => arg !== "--"), options });
    return new Map(Object.entries(values).map(([flag, value]) => [flag as Flag, String(value)]));
  } catch (thrown) {
    // Node adds advice that does not fit here.
    const [reason] = (thrown as Error).message.split(/\. |\n/u);
    const names = Object.keys(options).map((name) => `--${name}`);
    throw new TypeError(`${reason}; there are ${names.join(", ")}`, { cause: thrown });
  }
}

function parsePort(name: string, text: string): number {
  const port = Number(text);
  if (/^\d+$/u.test(text) && port <= 65_535) return port;
  throw new TypeError(`${name} must be a number from 0 to 65535, not ${JSON.stringify(text)}`);
}

function parseSignaling(name: string, text: string): Signaling {
  if (Object.hasOwn(signalings, text)) return text as Signaling;
  throw new TypeError(`${name} must be one of ${Object.keys(signalings).join(", ")}, not ${JSON.stringify(text)}`);
}

/** It says how long the password is, not what it is: the line may end in a log. */
function checkPassword(name: string, text: string): string {
  if (text.length >= minPasswordLength && text.length <= maxPasswordLength) return text;
  throw new TypeError(`${name} must have ${minPasswordLength} to ${maxPasswordLength} characters, not ${text.length}`);
}

function checkSecret(secret: string | undefined): string | undefined {
  if (secret === undefined || Buffer.byteLength(secret) >= minSecretBytes) return secret;
  throw new TypeError(`PEERLOOM_SECRET must have at least ${minSecretBytes} bytes, not ${Buffer.byteLength(secret)}`);
}
