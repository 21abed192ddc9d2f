import { spawn } from "node:child_process";
import { join } from "node:path";

/** The root of the workspace. */
export const root: string = join(import.meta.dirname, "../..");

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** `inherit` shows the output as it comes, `capture` hands it back. @defaultValue "inherit" */
  readonly output?: "inherit" | "capture";
  /** Text for standard input; none when left out. */
  readonly input?: string;
  /** Milliseconds after which the program is killed. @defaultValue no limit */
  readonly timeoutMs?: number;
}

export interface RunResult {
  /** The exit code, or 1 for a program that a signal ended or that did not start. */
  readonly code: number;
  readonly stdout: string;
  /** Standard output and error together, in the order they came. */
  readonly output: string;
}

/** Runs a program to its end. Never rejects: a program that cannot be started has code 1 and says so in `output`. */
export function run(command: string, args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  const { cwd = root, env = process.env, output = "inherit", input, timeoutMs } = options;
  const pipe = output === "capture" ? "pipe" : "inherit";
  const child = spawn(command, args, {
    cwd,
    env,
    stdio: [input === undefined ? "ignore" : "pipe", pipe, pipe],
    killSignal: "SIGKILL",
    ...(timeoutMs === undefined ? {} : { timeout: timeoutMs }),
  });
  let stdout = "";
  let both = "";
  child.stdout?.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
    both += text;
  });
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    both += text;
  });
  // A program that ends without reading its input is no error of ours.
  child.stdin?.on("error", () => undefined).end(input);
  return new Promise((resolve) => {
    child.on("error", (error) => resolve({ code: 1, stdout, output: `${both}${command}: ${error.message}\n` }));
    child.on("close", (code, signal) =>
      resolve({ code: code ?? 1, stdout, output: signal === null ? both : `${both}${command}: ended by ${signal}\n` }),
    );
  });
}

/** Runs turbo without telemetry; what tasks print is shown only when one fails. */
export function turbo(...args: string[]): Promise<RunResult> {
  return run("turbo", ["run", ...args, "--output-logs=errors-only"], { env: { ...process.env, TURBO_TELEMETRY_DISABLED: "1" } });
}
