import { join } from "node:path";
import { parseArgs } from "node:util";

export interface DemoOptions {
  /** 0 takes any free port. */
  readonly port: number;
  readonly host: string;
  /** Folder of the built chat page. */
  readonly pages: string;
  /** Key of the relay's resume secrets; without it, each start makes its own. */
  readonly secret: string | undefined;
}

export const usage = `pnpm demo [options]
  --port N      TCP port, 0 for any free one (PORT, 8080)
  --host NAME   address to listen on, 0.0.0.0 to let others in (HOST, 127.0.0.1)
  --pages DIR   folder of the built page (the chat of this workspace)
  --help        this text
PEERLOOM_SECRET, 16 bytes or more, keeps what clients prove themselves with valid over a restart.`;

const minSecretBytes = 16;
const chatPages = join(import.meta.dirname, "..", "..", "chat", "dist");

/** Flags go before environment variables. @throws TypeError saying in one line which option is wrong. */
export function parseOptions(args: readonly string[], env: Readonly<Record<string, string | undefined>>): DemoOptions | "help" {
  const flags = parseFlags(args);
  if (flags.help === true) return "help";
  const secret = env["PEERLOOM_SECRET"] || undefined;
  if (secret !== undefined && Buffer.byteLength(secret) < minSecretBytes) {
    throw new TypeError(`PEERLOOM_SECRET must have at least ${minSecretBytes} bytes, not ${Buffer.byteLength(secret)}`);
  }
  return {
    port: flags.port === undefined ? parsePort("PORT", env["PORT"] || "8080") : parsePort("--port", flags.port),
    host: flags.host ?? (env["HOST"] || "127.0.0.1"),
    pages: flags.pages ?? chatPages,
    secret,
  };
}

interface Flags {
  readonly port?: string | undefined;
  readonly host?: string | undefined;
  readonly pages?: string | undefined;
  readonly help?: boolean | undefined;
}

function parseFlags(args: readonly string[]): Flags {
  const options = { port: { type: "string" }, host: { type: "string" }, pages: { type: "string" }, help: { type: "boolean" } } as const;
  try {
    // Behind `pnpm demo --` stands a "--" of its own.
    return parseArgs({ args: args.filter((arg) => arg !== "--"), options }).values;
  } catch (thrown) {
    // Node adds advice that does not fit here.
    const [reason] = (thrown as Error).message.split(/\. |\n/u);
    throw new TypeError(
      `${reason}; there are ${Object.keys(options)
        .map((name) => `--${name}`)
        .join(", ")}`,
      { cause: thrown },
    );
  }
}

function parsePort(name: string, text: string): number {
  const port = Number(text);
  if (/^\d+$/u.test(text) && port <= 65_535) return port;
  throw new TypeError(`${name} must be a number from 0 to 65535, not ${JSON.stringify(text)}`);
}
