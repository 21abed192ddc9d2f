import { fork } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

/** The programs beside this file. */
export type ProgramName =
  | "relay"
  | "node"
  | "clients"
  | "idle"
  | "streamer"
  | "publisher"
  | "subscribers"
  | "crowd"
  | "members"
  | "attacker"
  | "peer-side";

export interface Call {
  readonly id: number;
  readonly name: string;
  readonly argument: unknown;
}

export interface Reply {
  readonly id: number;
  readonly value?: unknown;
  readonly error?: string;
}

export interface ChildOptions {
  /** Folder for a CPU profile of the process. */
  readonly profileDir?: string | undefined;
  /** Lets the process collect garbage when asked to. */
  readonly hasGc?: boolean;
  /** Node's options for its heap. */
  readonly heap?: readonly string[] | undefined;
  /** Has the process run only while no other wants the processor. Needs `chrt`. */
  readonly isIdle?: boolean;
}

const startDeadlineMs = 20_000;
const exitDeadlineMs = 5_000;

/** A process of the bench: one program, its arguments, calls to it, each with a deadline. */
export class Child {
  readonly #process: ChildProcess;
  readonly #title: string;
  readonly #waiting = new Map<number, PromiseWithResolvers<unknown>>();
  /** What the process said when it was ready. */
  readonly ready: Promise<unknown>;
  #calls = 0;

  constructor(program: ProgramName, args: readonly string[], { profileDir, hasGc = false, heap = [], isIdle = false }: ChildOptions = {}) {
    this.#title = [program, ...args].join(" ");
    const execArgv = [...process.execArgv];
    if (hasGc) execArgv.push("--expose-gc");
    execArgv.push(...heap);
    if (profileDir) {
      const name = [program, args[0], args[2]].filter(Boolean).join("-");
      execArgv.push("--cpu-prof", `--cpu-prof-dir=${profileDir}`, `--cpu-prof-name=${name}.cpuprofile`);
    }
    const [execPath, ...before] = isIdle ? ["chrt", "--idle", "0", process.execPath] : [process.execPath];
    this.#process = fork(fileURLToPath(new URL(`${program}.ts`, import.meta.url)), args, {
      execPath,
      execArgv: [...before, ...execArgv],
      // Standard output is for figures only.
      stdio: ["ignore", 2, 2, "ipc"],
    });
    this.#process.on("message", (reply: Reply) => this.#settle(reply));
    this.#process.on("exit", (code, signal) => {
      for (const waiting of this.#waiting.values()) waiting.reject(new Error(`${this.#title}: ended with ${signal ?? code}`));
    });
    this.ready = this.#wait(0, "start", startDeadlineMs);
  }

  /** Rejects when the call fails, the process ends or the deadline passes. */
  call(name: string, argument: unknown, deadlineMs: number): Promise<unknown> {
    const id = ++this.#calls;
    this.#process.send({ id, name, argument } satisfies Call);
    return this.#wait(id, name, deadlineMs);
  }

  async end(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const exited = once(this.#process, "exit");
    if (this.#process.connected) this.#process.disconnect();
    const timer = setTimeout(() => this.#process.kill("SIGKILL"), exitDeadlineMs);
    await exited;
    clearTimeout(timer);
  }

  #settle({ id, value, error }: Reply): void {
    if (error === undefined) this.#waiting.get(id)?.resolve(value);
    else this.#waiting.get(id)?.reject(new Error(`${this.#title}: ${error}`));
  }

  async #wait(id: number, name: string, deadlineMs: number): Promise<unknown> {
    const waiting = Promise.withResolvers<unknown>();
    this.#waiting.set(id, waiting);
    const timer = setTimeout(() => waiting.reject(new Error(`${this.#title}: ${name} took longer than ${deadlineMs} ms`)), deadlineMs);
    try {
      return await waiting.promise;
    } finally {
      clearTimeout(timer);
      this.#waiting.delete(id);
    }
  }
}
