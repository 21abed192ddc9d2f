import { spawn } from "node:child_process";
import type { ChildProcessWithoutNullStreams } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

const program = join(import.meta.dirname, "..", "..", "apps", "terminal-chat", "dist", "main.js");
const patienceMs = 45_000;

export interface TerminalOptions {
  readonly url: string;
  readonly args?: readonly string[];
  /** What stands in the input; it ends there. Without it, the test types. */
  readonly input?: string;
  /** A real terminal: the program sees one, and so do its colours and its prompt. @defaultValue false */
  readonly isTty?: boolean;
  readonly env?: Readonly<Record<string, string>>;
}

/** The chat in a terminal, as people run it: a process of its own, ended with SIGKILL on disposal. */
export class Terminal implements AsyncDisposable {
  readonly child: ChildProcessWithoutNullStreams;
  /** All it has written until now. */
  output = "";
  errors = "";
  readonly #ended: Promise<unknown>;

  private constructor(child: ChildProcessWithoutNullStreams) {
    this.child = child;
    this.#ended = once(child, "close");
    child.stdout.on("data", (chunk: Buffer) => (this.output += String(chunk)));
    child.stderr.on("data", (chunk: Buffer) => (this.errors += String(chunk)));
    // A program that has ended reads no more.
    child.stdin.on("error", () => {});
  }

  static start({ url, args = [], input, isTty = false, env = {} }: TerminalOptions): Terminal {
    const { NODE_OPTIONS: _, PEERLOOM_URL: __, PEERLOOM_NAME: ___, NO_COLOR: ____, ...inherited } = process.env;
    const command = [process.execPath, program, "--url", url, ...args];
    const [file = "", ...rest] = isTty ? ["script", "-qefc", command.join(" "), "/dev/null"] : command;
    const child = spawn(file, rest, { env: { ...inherited, TERM: "xterm", ...env }, stdio: "pipe" });
    const terminal = new Terminal(child);
    if (input !== undefined) child.stdin.end(input);
    return terminal;
  }

  /** Somebody who talks in a room, once they are in it. */
  static async talk(options: TerminalOptions & { readonly name: string; readonly room: string }): Promise<Terminal> {
    const { name, room, args = [], isTty = false } = options;
    const terminal = Terminal.start({ ...options, args: ["--name", name, "--room", room, ...(isTty ? [] : ["--talk"]), ...args] });
    await terminal.sees(`You are in #${room}`);
    return terminal;
  }

  /** Types a line and presses Enter. */
  type(text: string): void {
    this.child.stdin.write(`${text}\n`);
  }

  /** Resolves when it has written this. @throws Error when it ends before, or never does. */
  async sees(text: string | RegExp): Promise<void> {
    const hasIt = (): boolean => (typeof text === "string" ? this.output.includes(text) : text.test(this.output));
    const timeout = AbortSignal.timeout(patienceMs);
    while (!hasIt()) {
      const more = once(this.child.stdout, "data", { signal: timeout });
      const isOver = await Promise.race([more.then(() => false), this.#ended.then(() => true)]).catch(() => true);
      if (isOver && !hasIt()) throw new Error(`the terminal did not show ${String(text)}, but: ${this.output}${this.errors}`);
    }
  }

  /** Its exit code, once it has ended. */
  async ended(): Promise<number | null> {
    await this.#ended;
    return this.child.exitCode;
  }

  async kill(): Promise<void> {
    this.child.kill("SIGKILL");
    await this.#ended;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.kill();
  }
}
