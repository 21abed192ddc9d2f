import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

/** Starts the command at argv[2], waits until it listens, asks whether it is ready, and ends it: the exit code says whether all went well. */
const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("PEERLOOM_")));
const child = spawn(process.argv[2] ?? "", ["--port", "0", "--drain-window-ms", "0"], { env, stdio: ["ignore", "pipe", "inherit"] });
const exited = once(child, "exit");
for await (const line of createInterface(child.stdout)) {
  console.log(line);
  const { msg, url } = JSON.parse(line) as { readonly msg: string; readonly url?: string };
  if (msg !== "listening") continue;
  const { status } = await fetch(`${url}/readyz`);
  if (status !== 200) throw new Error(`/readyz answers ${status}`);
  child.kill("SIGTERM");
}
const [code] = await exited;
process.exitCode = code === 0 ? 0 : 1;
