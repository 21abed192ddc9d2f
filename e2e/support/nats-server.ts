import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** A NATS server on free ports of this machine, over TCP and WebSocket. */
export interface NatsServer extends AsyncDisposable {
  /** `127.0.0.1:<port>`, the same after a restart. */
  readonly url: string;
  /** `ws://127.0.0.1:<port>`, for pages. */
  readonly websocketUrl: string;
  /** Ends the process at once, as a crash would. */
  kill(): Promise<void>;
  /** Starts it again on the same ports. */
  start(): Promise<void>;
}

interface Ports {
  readonly port: number;
  readonly websocketPort: number;
}

/** Starts the server that the test command found. @param config more lines of its configuration. */
export async function startNatsServer(config = ""): Promise<NatsServer> {
  const program = process.env["PEERLOOM_NATS"];
  if (!program) throw new Error("PEERLOOM_NATS is the path of nats-server; `pnpm test` finds it");
  const folder = await mkdtemp(join(tmpdir(), "peerloom-nats-"));
  const file = join(folder, "nats.conf");
  let [child, ports] = await run(program, file, { port: -1, websocketPort: -1 }, config);
  const kill = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, "exit");
    child.kill("SIGKILL");
    await exited;
  };
  return {
    url: `127.0.0.1:${ports.port}`,
    websocketUrl: `ws://127.0.0.1:${ports.websocketPort}`,
    kill,
    start: async () => {
      [child, ports] = await run(program, file, ports, config);
    },
    [Symbol.asyncDispose]: async () => {
      await kill();
      await rm(folder, { recursive: true });
    },
  };
}

/** Starts the program, and waits until it says where it listens. */
async function run(program: string, file: string, ports: Ports, more: string): Promise<[ChildProcess, Ports]> {
  const listen = `listen: "127.0.0.1:${ports.port}"\nwebsocket { listen: "127.0.0.1:${ports.websocketPort}", no_tls: true }`;
  await writeFile(file, `${listen}\n${more}\n`);
  const child = spawn(program, ["-c", file], { stdio: ["ignore", "ignore", "pipe"] });
  const lines: string[] = [];
  for await (const line of createInterface({ input: child.stderr })) {
    lines.push(line);
    if (line.includes("Server is ready")) break;
  }
  child.stderr.resume();
  const portAfter = (words: string): number => Number(new RegExp(`${words}.*:(\\d+)$`, "m").exec(lines.join("\n"))?.[1]);
  const found = { port: portAfter("client connections on"), websocketPort: portAfter("websocket clients on") };
  if (found.port > 0 && found.websocketPort > 0) return [child, found];
  child.kill("SIGKILL");
  throw new Error(`nats-server did not start:\n${lines.join("\n")}`);
}
