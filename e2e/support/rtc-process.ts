import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";

export interface Report {
  readonly event: string;
  readonly at: number;
  readonly connection: string;
  readonly ice: string;
}

export interface Path {
  readonly local: string;
  readonly remote: string;
}

/** `programs/rtc-peer.ts` in a process of its own, in a network namespace if one is given. */
export interface RtcProcess extends AsyncDisposable {
  readonly reports: readonly Report[];
  /** How the first message of the other end came. */
  readonly path: Promise<Path>;
  /** Resolves with the first report that fits, also one that was before. */
  until(fits: (report: Report) => boolean): Promise<Report>;
  /** Carries its signaling to the other end. */
  join(other: RtcProcess): void;
  receive(signal: object): void;
  kill(): Promise<void>;
}

export function startRtc(backend: string, role: "offers" | "answers", configuration: RTCConfiguration, namespace?: string): RtcProcess {
  const program = [process.execPath, "--conditions=@peerloom/source", join(import.meta.dirname, "../programs/rtc-peer.ts")];
  const command = [...(namespace ? ["ip", "netns", "exec", namespace] : []), ...program, backend, role, JSON.stringify(configuration)];
  const child = spawn(command[0] ?? "", command.slice(1), { stdio: ["pipe", "pipe", "inherit"] });
  const ended = once(child, "exit");
  const reports: Report[] = [];
  const waiting = new Set<(report: Report) => void>();
  const signals: object[] = [];
  let other: RtcProcess | undefined;
  let arrived: (path: Path) => void = () => {};
  const path = new Promise<Path>((resolve) => (arrived = resolve));
  createInterface({ input: child.stdout }).on("line", (line) => {
    const message = JSON.parse(line) as { signal?: object; report?: Report; path?: Path };
    if (message.signal) {
      if (other) other.receive(message.signal);
      else signals.push(message.signal);
    }
    if (message.path) arrived(message.path);
    if (message.report) {
      reports.push(message.report);
      for (const look of waiting) look(message.report);
    }
  });
  const kill = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill("SIGKILL");
    await ended;
  };
  return {
    reports,
    path,
    until: (fits) =>
      new Promise((resolve) => {
        const before = reports.find(fits);
        if (before) return resolve(before);
        const look = (report: Report): void => {
          if (!fits(report)) return;
          waiting.delete(look);
          resolve(report);
        };
        waiting.add(look);
      }),
    join(end) {
      other = end;
      for (const signal of signals.splice(0)) end.receive(signal);
    },
    receive: (signal) => void child.stdin.write(`${JSON.stringify(signal)}\n`),
    kill,
    [Symbol.asyncDispose]: kill,
  };
}

/** Two of them that hear each other. */
export function startRtcPair(
  backend: string,
  configuration: RTCConfiguration,
  homes: readonly [string?, string?] = [],
): { left: RtcProcess; right: RtcProcess } & AsyncDisposable {
  const left = startRtc(backend, "offers", configuration, homes[0]);
  const right = startRtc(backend, "answers", configuration, homes[1]);
  left.join(right);
  right.join(left);
  return {
    left,
    right,
    [Symbol.asyncDispose]: async () => {
      await Promise.all([left.kill(), right.kill()]);
    },
  };
}
