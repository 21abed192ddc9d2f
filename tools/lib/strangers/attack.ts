import { setPriority } from "node:os";
import { floods, type FloodName, type FloodReport } from "./floods.ts";
import { Meter } from "./meter.ts";

/** What an attacker is told to do: its process's one argument, as JSON. */
export interface AttackOrder {
  readonly flood: FloodName;
  readonly port: number;
  /** The address of this machine to come from. */
  readonly from: string;
}

/** What an attacker has done, and how many bytes it got out. */
export interface AttackReport extends FloodReport {
  readonly bytes: number;
}

export interface Attacking {
  /** What it has done until now. */
  readonly report: () => AttackReport;
  readonly stop: () => Promise<AttackReport>;
}

/**
 * Floods a relay from this process until it is stopped. The process gives way to all others on its machine: an attacker's own work would not be done there.
 */
export function beginAttack({ flood, port, from }: AttackOrder): Attacking {
  const done: FloodReport = { sent: 0, offered: 0, ended: 0 };
  const meter = new Meter();
  const over = new AbortController();
  setPriority(19);
  const attacking = floods[flood]({ port, from, dialled: (socket) => meter.add(socket) }, done, over.signal);
  const report = (): AttackReport => ({ ...done, bytes: meter.bytes });
  return {
    report,
    stop: async () => {
      over.abort();
      await attacking;
      return report();
    },
  };
}
