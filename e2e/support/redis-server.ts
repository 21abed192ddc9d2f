import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { freePort } from "./process.ts";

/** A Redis server on a free port of this machine, which writes nothing to disk. */
export interface RedisServer extends AsyncDisposable {
  readonly url: string;
  /** Ends the process at once, as a crash would: what it knew is lost. */
  kill(): Promise<void>;
  /** Starts it again on the same port. */
  start(): Promise<void>;
  /** Stops it in the middle of what it does, without a word: connections stay, and nothing is answered. */
  pause(): void;
  resume(): void;
  /** How many keys there are in it. */
  keys(): Promise<number>;
}

/** Starts the server that the test command found. @param more of its settings, as arguments. */
export async function startRedisServer(...more: readonly string[]): Promise<RedisServer> {
  const program = process.env["PEERLOOM_REDIS_SERVER"];
  if (!program) throw new Error("PEERLOOM_REDIS_SERVER is the path of redis-server; `pnpm test` finds it");
  const folder = await mkdtemp(join(tmpdir(), "peerloom-redis-"));
  const port = await freePort();
  let child = await run(program, folder, port, more);
  const kill = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, "exit");
    child.kill("SIGKILL");
    await exited;
  };
  return {
    url: `redis://127.0.0.1:${port}`,
    kill,
    start: async () => {
      child = await run(program, folder, port, more);
    },
    pause: () => void child.kill("SIGSTOP"),
    resume: () => void child.kill("SIGCONT"),
    keys: () => keys(port),
    [Symbol.asyncDispose]: async () => {
      await kill();
      await rm(folder, { recursive: true });
    },
  };
}

/** Starts the program, and waits until it says that it is ready. */
async function run(program: string, folder: string, port: number, more: readonly string[]): Promise<ChildProcess> {
  const settings = ["--port", String(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", folder, ...more];
  const child = spawn(program, settings, { stdio: ["ignore", "pipe", "ignore"] });
  const lines: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    lines.push(line);
    if (line.includes("Ready to accept connections")) break;
  }
  if (!lines.some((line) => line.includes("Ready to accept connections"))) throw new Error(`redis-server ended:\n${lines.join("\n")}`);
  child.stdout.resume();
  return child;
}

async function keys(port: number): Promise<number> {
  const socket = connect(port, "127.0.0.1");
  socket.write("DBSIZE\r\n");
  const [answer] = (await once(socket, "data")) as [Buffer];
  socket.destroy();
  return Number(answer.toString().slice(1));
}
