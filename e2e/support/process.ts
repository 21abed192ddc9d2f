import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import type { RelayProgramOptions } from "../programs/relay.ts";

const programs = join(import.meta.dirname, "..", "programs");

/** A program of ours in a process of its own; ended with SIGKILL on disposal. */
export interface Program extends AsyncDisposable {
  readonly child: ChildProcess;
  /** The first message it sent. */
  readonly hello: unknown;
  kill(): Promise<void>;
}

/** Starts a program, behind what stands in `prefix`, and waits for its first message. */
export async function startProgram(name: string, args: readonly string[], prefix: readonly string[] = []): Promise<Program> {
  const [execPath, ...before] = [...prefix, process.execPath];
  const child = fork(join(programs, `${name}.ts`), args, {
    execPath,
    execArgv: [...before, "--conditions=@peerloom/source", "--expose-gc"],
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  const ended = once(child, "exit");
  const [hello] = await Promise.race([
    once(child, "message"),
    ended.then(([code]) => Promise.reject(new Error(`${name} ended with ${String(code)}`))),
  ]);
  const kill = async (): Promise<void> => {
    child.kill("SIGKILL");
    await ended;
  };
  return { child, hello, kill, [Symbol.asyncDispose]: kill };
}

/** A relay in a process of its own that can be killed and started again on its port. */
export interface RelayProcess extends AsyncDisposable {
  readonly port: number;
  readonly url: string;
  /** SIGKILL. */
  kill(): Promise<void>;
  /** SIGKILL unless that was before, then a new process on the same port. */
  restart(): Promise<void>;
}

export async function startRelayProcess(
  options: Omit<RelayProgramOptions, "port"> = {},
  prefix: readonly string[] = [],
): Promise<RelayProcess> {
  const port = await freePort();
  const start = (): Promise<Program> => startProgram("relay", [JSON.stringify({ ...options, port })], prefix);
  let program = await start();
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    kill: () => program.kill(),
    restart: async () => {
      await program.kill();
      program = await start();
    },
    [Symbol.asyncDispose]: () => program.kill(),
  };
}

/** A port that nobody listens on now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
