import { spawn } from "node:child_process";
import { once } from "node:events";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";

/** An example's server, as its reader starts it, on a free port. The end of the block ends it and checks that it went quietly. */
export async function startExample(path: string): Promise<{ readonly url: string } & AsyncDisposable> {
  const file = join(import.meta.dirname, "..", path);
  const child = spawn(process.execPath, [file], {
    cwd: dirname(file),
    env: { ...process.env, PORT: "0" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exited = once(child, "exit");
  const end = async (): Promise<void> => {
    child.kill("SIGTERM");
    const [code] = (await exited) as [number | null];
    if (code !== 0) throw new Error(`${path} ended with ${code}`);
  };
  for await (const line of createInterface(child.stdout)) {
    const [, url] = /^Listening on (http:\S+)$/.exec(line) ?? [];
    if (url !== undefined) return { url, [Symbol.asyncDispose]: end };
  }
  throw new Error(`${path} ended before it listened`);
}
