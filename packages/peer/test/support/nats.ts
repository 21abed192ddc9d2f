import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** The NATS server that the test command found, for pages: on a free port, over WebSocket. */
export async function startNats(): Promise<AsyncDisposable & { readonly url: `ws://${string}` }> {
  const program = process.env["PEERLOOM_NATS"];
  if (!program) throw new Error("PEERLOOM_NATS is the path of nats-server; `pnpm test` finds it");
  const folder = await mkdtemp(join(tmpdir(), "peerloom-nats-"));
  const file = join(folder, "nats.conf");
  await writeFile(file, `listen: "127.0.0.1:-1"\nwebsocket { listen: "127.0.0.1:-1", no_tls: true }\n`);
  const child = spawn(program, ["-c", file], { stdio: ["ignore", "ignore", "pipe"] });
  let port: string | undefined;
  for await (const line of createInterface({ input: child.stderr })) {
    port ??= /websocket clients on ws:\/\/127\.0\.0\.1:(\d+)/.exec(line)?.[1];
    if (line.includes("Server is ready")) break;
  }
  child.stderr.resume();
  if (port === undefined) throw new Error("nats-server did not say where it listens");
  return {
    url: `ws://127.0.0.1:${port}`,
    [Symbol.asyncDispose]: async () => {
      const exited = once(child, "exit");
      child.kill("SIGKILL");
      await exited;
      await rm(folder, { recursive: true });
    },
  };
}
