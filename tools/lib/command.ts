import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { root } from "./run.ts";

const program = join(root, "packages/server/src/command/main.ts");

/** A line of the log. */
type Line = Readonly<Record<string, unknown>>;

/** The command `peerloom-server` in a process of its own, from source. */
export interface Command extends AsyncDisposable {
  readonly child: ChildProcess;
  /** All that was written, as it came. */
  readonly output: () => string;
  /** The next line of the log that matches, or the first that did. */
  line(matches: (line: Line) => boolean): Promise<Line>;
  /** The exit code. */
  readonly exited: Promise<number | null>;
}

/** The environment of the tests, without what would be options, and without paths by which packages are found that are not installed. */
function environment(own: Readonly<Record<string, string>>): Record<string, string | undefined> {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith("PEERLOOM_") && name !== "NODE_PATH");
  return { ...Object.fromEntries(inherited), ...own };
}

/** Starts the command; it is killed on disposal. */
export function startCommand(args: readonly string[], env: Readonly<Record<string, string>> = {}, cwd?: string): Command {
  const child = spawn(process.execPath, ["--conditions=@peerloom/source", program, ...args], {
    env: environment(env),
    stdio: ["ignore", "pipe", "pipe"],
    ...(cwd !== undefined && { cwd }),
  });
  let output = "";
  let [wake, woken] = bell();
  const hear = (text: string): void => {
    output += text;
    wake();
  };
  child.stdout.setEncoding("utf8").on("data", hear);
  child.stderr.setEncoding("utf8").on("data", hear);
  const exited = once(child, "close").then(([code]) => {
    wake();
    return code as number | null;
  });
  const line: Command["line"] = async (matches) => {
    for (;;) {
      const found = linesOf(output).find(matches);
      if (found !== undefined) return found;
      if (child.exitCode !== null && output.endsWith("\n")) throw new Error(`the command ended without that line:\n${output}`);
      await woken;
      [wake, woken] = bell();
    }
  };
  const dispose = async (): Promise<void> => {
    child.kill("SIGKILL");
    await exited;
  };
  return { child, output: () => output, line, exited, [Symbol.asyncDispose]: dispose };
}

/** Where a command listens, once it does. */
export async function urlOf(command: Command): Promise<string> {
  const { url } = await command.line(({ msg }) => msg === "listening");
  return String(url);
}

function bell(): [wake: () => void, woken: Promise<void>] {
  const { promise, resolve } = Promise.withResolvers<void>();
  return [resolve, promise];
}

/** What is whole and JSON. */
function linesOf(output: string): Line[] {
  return output
    .split("\n")
    .filter((text) => text.startsWith("{") && text.endsWith("}"))
    .map((text) => JSON.parse(text) as Line);
}
