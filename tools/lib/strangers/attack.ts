import { setPriority } from "node:os";
import { floods, type FloodName, type FloodReport } from "./floods.ts";

/** What an attacker is told to do: its process's one argument, as JSON. */
export interface AttackOrder {
  readonly flood: FloodName;
  readonly port: number;
  readonly from: string;
}

/**
 * What a process does that attacks: it begins when it is made, and ends, with a report, when its parent sends it anything or goes away. It gives way to
 * all others on its machine, because an attacker's own work would not be done there.
 */
export async function attack(order: string | undefined): Promise<void> {
  const { flood, port, from } = JSON.parse(order ?? "{}") as AttackOrder;
  const report: FloodReport = { sent: 0, ended: 0 };
  const over = new AbortController();
  setPriority(19);
  process.once("message", () => over.abort());
  process.once("disconnect", () => process.exit(0));
  const attacking = floods[flood]({ port, from }, report, over.signal);
  process.send?.({ port });
  await attacking;
  process.send?.(report, () => process.exit(0));
}
