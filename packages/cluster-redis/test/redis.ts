import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { createInterface } from "node:readline";

/** A server of the test's own. */
interface Redis extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  /** Stops it in the middle of what it does: connections stay, and nothing is answered. */
  pause(): void;
  resume(): void;
}

/** A real Redis server on a free port; it writes nothing to disk. */
export async function startRedis(...more: string[]): Promise<Redis> {
  const program = process.env["PEERLOOM_REDIS_SERVER"];
  if (!program) throw new Error("PEERLOOM_REDIS_SERVER is the path of redis-server; `pnpm test` finds it");
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, "close");
  const settings = ["--port", String(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", ...more];
  const child = spawn(program, settings, { stdio: ["ignore", "pipe", "ignore"] });
  for await (const line of createInterface({ input: child.stdout })) if (line.includes("Ready to accept connections")) break;
  child.stdout.resume();
  const close = async (): Promise<void> => {
    const exited = once(child, "exit");
    child.kill("SIGKILL");
    await exited;
  };
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    pause: () => void child.kill("SIGSTOP"),
    resume: () => void child.kill("SIGCONT"),
    [Symbol.asyncDispose]: close,
  };
}
