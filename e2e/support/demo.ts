import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";

const server = join(import.meta.dirname, "..", "..", "apps", "server");
const readyLine = /^Peerloom demo is ready: (http:\S+) \(in (\d+) ms\)$/u;
/** The same for all, so that a demo that is started again knows its clients. */
const secret = "the secret of the demo's tests";

/** The demo as people start it, in a process of its own; ended with SIGKILL on disposal. */
export interface Demo extends AsyncDisposable {
  readonly url: string;
  /** From the start of the process until it said that it is ready, in milliseconds. */
  readonly startMs: number;
  readonly child: ChildProcess;
  /** What it writes after that it is ready, line by line. */
  nextLine(): Promise<string>;
  kill(): Promise<void>;
}

/** What a process wrote until it ended. */
export interface Ending {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Starts the demo on `port` (0: any free one) and waits until it is ready. */
export async function startDemo({ port = 0, ...options }: RunOptions & { readonly port?: number } = {}): Promise<Demo> {
  const started = performance.now();
  const child = spawnDemo({ ...options, args: ["--port", String(port), ...(options.args ?? [])] });
  const ended = once(child, "exit");
  const kill = async (): Promise<void> => {
    child.kill("SIGKILL");
    if (child.exitCode === null && child.signalCode === null) await ended;
  };
  let stderr = "";
  child.stderr.on("data", (chunk: Buffer) => (stderr += String(chunk)));
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const nextLine = async (): Promise<string> => (await lines.next()).value ?? "";
  for (let line = await nextLine(); line !== ""; line = await nextLine()) {
    const url = readyLine.exec(line)?.[1];
    if (url === undefined) continue;
    return { url, startMs: performance.now() - started, child, nextLine, kill, [Symbol.asyncDispose]: kill };
  }
  throw new Error(`the demo ended before it was ready: ${stderr}`);
}

/** Runs the demo until it ends by itself. */
export async function runDemo(options: RunOptions): Promise<Ending> {
  const child = spawnDemo(options);
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk: Buffer) => (stdout += String(chunk)));
  child.stderr.on("data", (chunk: Buffer) => (stderr += String(chunk)));
  const [code] = (await once(child, "close")) as [number | null];
  return { code, stdout, stderr };
}

/** What is built, as people run it. */
function spawnDemo({ args = [], env = {} }: RunOptions) {
  const { NODE_OPTIONS: _, PORT: __, HOST: ___, ...inherited } = process.env;
  return spawn(process.execPath, [join(server, "dist", "main.js"), ...args], {
    env: { ...inherited, PEERLOOM_SECRET: secret, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
}
