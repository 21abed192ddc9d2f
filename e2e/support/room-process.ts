import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { RoomLine } from "./room.ts";

export type RoomReport = Extract<RoomLine, { type: "report" }>;

/** One end of a room: what it reported so far, and what it is yet to. */
export class RoomEnd {
  readonly reports: RoomReport[] = [];
  readonly #waiting = new Set<(report: RoomReport) => void>();

  take(report: RoomReport): void {
    this.reports.push(report);
    for (const look of this.#waiting) look(report);
  }

  /** The first report that fits, also one that was before. */
  until(event: string, detail?: unknown): Promise<RoomReport> {
    const fits = (report: RoomReport): boolean => report.event === event && (detail === undefined || report.detail === detail);
    return new Promise((resolve) => {
      const before = this.reports.find(fits);
      if (before) return resolve(before);
      const look = (report: RoomReport): void => {
        if (!fits(report)) return;
        this.#waiting.delete(look);
        resolve(report);
      };
      this.#waiting.add(look);
    });
  }
}

/** Passes each end's signals to all others. */
export class RoomHub {
  readonly #ends: { readonly end: RoomEnd; readonly deliver: (line: RoomLine) => void }[] = [];

  /** Returns the end and what takes its lines. */
  add(deliver: (line: RoomLine) => void): { end: RoomEnd; take: (line: RoomLine) => void } {
    const end = new RoomEnd();
    this.#ends.push({ end, deliver });
    const take = (line: RoomLine): void => {
      if (line.type === "report") return end.take(line);
      for (const other of this.#ends) if (other.end !== end) other.deliver(line);
    };
    return { end, take };
  }
}

export interface RoomProcess extends AsyncDisposable {
  readonly end: RoomEnd;
  kill(): Promise<void>;
}

/** `programs/room-peer.ts` in a process of its own, in a network namespace if one is given. */
export function startRoomPeer(hub: RoomHub, backend: string, options: object, namespace?: string): RoomProcess {
  const program = [process.execPath, "--conditions=@peerloom/source", join(import.meta.dirname, "../programs/room-peer.ts")];
  const [command, ...args] = [...(namespace ? ["ip", "netns", "exec", namespace] : []), ...program, backend, JSON.stringify(options)];
  const child = spawn(command, args, { stdio: ["pipe", "pipe", "inherit"] });
  child.stdin.on("error", () => {}); // it was killed
  const ended = once(child, "exit");
  const { end, take } = hub.add((line) => void child.stdin.write(`${JSON.stringify(line)}\n`));
  createInterface({ input: child.stdout }).on("line", (line) => take(JSON.parse(line) as RoomLine));
  const kill = async (): Promise<void> => {
    child.kill("SIGKILL");
    await ended;
  };
  return { end, kill, [Symbol.asyncDispose]: kill };
}
