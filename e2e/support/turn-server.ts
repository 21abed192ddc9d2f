import { spawn } from "node:child_process";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

export interface TurnServer extends AsyncDisposable {
  readonly url: string;
  /** What it has written so far. */
  readonly log: readonly string[];
}

/** coturn on loopback that takes whatever credentials are made with the secret, until their time is over. */
export async function startTurnServer(secret: string): Promise<TurnServer> {
  const turnserver = process.env["PEERLOOM_TURN"];
  if (!turnserver) throw new Error("PEERLOOM_TURN is the path of turnserver; `pnpm test` finds it");
  const folder = await mkdtemp(join(tmpdir(), "peerloom-turn-"));
  const port = await freePort();
  const options = [
    "-n",
    "--no-cli",
    "--no-tls",
    "--no-dtls",
    "--allow-loopback-peers",
    "--log-file",
    "stdout",
    "--simple-log",
    "--verbose",
  ];
  const places = ["--listening-ip", "127.0.0.1", "--relay-ip", "127.0.0.1", "--listening-port", String(port)];
  const files = ["--pidfile", join(folder, "pid"), "--userdb", join(folder, "turndb")];
  const auth = ["--use-auth-secret", "--static-auth-secret", secret, "--realm", "peerloom"];
  const server = spawn(turnserver, [...options, ...places, ...files, ...auth], { stdio: ["ignore", "pipe", "ignore"] });
  const ended = once(server, "exit");
  const lines = createInterface({ input: server.stdout });
  const log: string[] = [];
  lines.on("line", (line) => log.push(line));
  await Promise.race([
    new Promise<void>((resolve) => lines.on("line", (line) => /listener opened on/i.test(line) && /UDP/i.test(line) && resolve())),
    ended.then(([code]) => Promise.reject(new Error(`turnserver ended with ${String(code)}: ${log.join("\n")}`))),
  ]);
  return {
    url: `turn:127.0.0.1:${port}?transport=udp`,
    log,
    [Symbol.asyncDispose]: async () => {
      server.kill("SIGKILL");
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function freePort(): Promise<number> {
  const socket = createSocket("udp4");
  await new Promise<void>((resolve) => socket.bind(0, "127.0.0.1", resolve));
  const { port } = socket.address();
  await new Promise<void>((resolve) => socket.close(resolve));
  return port;
}
