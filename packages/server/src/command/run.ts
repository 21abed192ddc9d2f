import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Logger } from "pino";
import { helpText } from "./help.ts";
import { readOptions, type Told } from "./read-options.ts";
import { UsageError } from "./usage-error.ts";

/** The process around the command. */
export interface Process {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
  on(signal: NodeJS.Signals, listener: (signal: NodeJS.Signals) => void): unknown;
  /** Ends everything at once. */
  exit(code: number): void;
}

/** Exit codes: all went well, it failed, or it was called wrongly. */
const done = 0;
const failed = 1;
const misused = 2;

const readFile = (path: string): string => readFileSync(path, "utf8");

/** Runs the command to its end. @returns the exit code. Never rejects: what is wrong is told in one line. */
export async function run(args: readonly string[], process: Process): Promise<number> {
  const write = (text: string): void => void process.stdout.write(text);
  try {
    const told = readOptions(args, { env: process.env, readFile });
    if (told === "help") write(helpText());
    else if (told === "version") write(`${version()}\n`);
    else await serve(told, process, write);
    return done;
  } catch (thrown) {
    process.stderr.write(`peerloom-server: ${oneLine(thrown)}\n`);
    return thrown instanceof UsageError ? misused : failed;
  }
}

/** Resolves when the relay was drained. */
async function serve(told: Told, process: Process, write: (text: string) => void): Promise<void> {
  // Only now: help and errors come without waiting for all of it.
  const { start } = await import("./start.ts");
  const running = await start(told, { readFile, write });
  const { log, relay, url } = running;
  process.on("SIGHUP", () => running.reload());
  const asked = askedToEnd(process, log);
  log.info({ url, namespace: told.options.namespace, pid: globalThis.process.pid }, "listening");
  const signal = await asked;
  log.info({ signal, ...relay.stats().clients }, "draining");
  const report = await running.drain();
  log.info(report, "drained");
}

/** Resolves with the first signal that asks to end; a second one is obeyed at once. */
function askedToEnd(process: Process, log: Logger): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    let isAsked = false;
    const hear = (signal: NodeJS.Signals): void => {
      if (isAsked) {
        log.warn({ signal }, "ended at once");
        return process.exit(failed);
      }
      isAsked = true;
      resolve(signal);
    };
    process.on("SIGTERM", hear);
    process.on("SIGINT", hear);
  });
}

function oneLine(thrown: unknown): string {
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return message.replace(/\s*\n\s*/g, "; ");
}

function version(): string {
  const { version: text } = JSON.parse(readFile(join(import.meta.dirname, "..", "..", "package.json"))) as { readonly version: string };
  return text;
}
