import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { createInterface } from "node:readline";

/** A Redis server of the bench's own, that writes nothing to disk. */
export interface Redis extends AsyncDisposable {
  readonly url: string;
}

/** Starts `redis-server`, from PATH or where PEERLOOM_REDIS_SERVER says. */
export async function startRedis(): Promise<Redis> {
  const port = await freePort();
  const program = process.env["PEERLOOM_REDIS_SERVER"] ?? "redis-server";
  const child = spawn(program, ["--port", String(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  const failed = once(child, "error").then(([error]: unknown[]) => {
    throw new Error(`the bench of clusters needs redis-server: ${String(error)}`);
  });
  const ready = (async () => {
    for await (const line of createInterface({ input: child.stdout })) if (line.includes("Ready to accept connections")) return;
    throw new Error("redis-server ended before it was ready");
  })();
  await Promise.race([ready, failed]);
  failed.catch(() => {});
  child.stdout.resume();
  return {
    url: `redis://127.0.0.1:${port}`,
    [Symbol.asyncDispose]: async () => {
      const exited = once(child, "exit");
      child.kill("SIGKILL");
      await exited;
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
