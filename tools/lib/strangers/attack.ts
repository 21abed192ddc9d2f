import { setPriority } from "node:os";
import { floods, type FloodName, type FloodReport } from "./floods.ts";

/** What an attacker is told to do: its process's one argument, as JSON. */
export interface AttackOrder {
  readonly flood: FloodName;
  readonly port: number;
  /** The address of this machine to come from. */
  readonly from: string;
}

/**
 * Floods a relay from this process until it is stopped. The process gives way to all others on its machine: an attacker's own work would not be done there.
 */
export function beginAttack({ flood, port, from }: AttackOrder): { readonly stop: () => Promise<FloodReport> } {
  const report: FloodReport = { sent: 0, ended: 0 };
  const over = new AbortController();
  setPriority(19);
  const attacking = floods[flood]({ port, from }, report, over.signal);
  return {
    stop: async () => {
      over.abort();
      await attacking;
      return report;
    },
  };
}
