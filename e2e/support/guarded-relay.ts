import { once } from "node:events";
import type { RelayStats } from "@peerloom/server";
import type { AttackOrder } from "../../tools/lib/strangers/attack.ts";
import type { FloodReport } from "../../tools/lib/strangers/floods.ts";
import { startProgram } from "./process.ts";

/** What a relay holds. */
export interface GuardedReport {
  readonly stats: RelayStats;
  /** Events `audit`. */
  readonly audited: number;
  readonly waiting: number;
  readonly sockets: number;
  readonly addresses: number;
}

export interface GuardedRelay extends AsyncDisposable {
  readonly port: number;
  readonly url: string;
  watch(): Promise<void>;
  /** Bytes in use above those at `watch`, at most, with the garbage collected. */
  peak(): Promise<number>;
  report(): Promise<GuardedReport>;
}

/** A relay in a process of its own, with all limits as they are out of the box. */
export async function startGuardedRelay(): Promise<GuardedRelay> {
  const program = await startProgram("guarded-relay", []);
  const { port } = program.hello as { readonly port: number };
  const ask = async (name: string): Promise<unknown> => {
    const answered = once(program.child, "message");
    program.child.send(name);
    const [answer] = (await answered) as [Record<string, unknown>];
    return answer[name];
  };
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    watch: async () => void (await ask("watch")),
    peak: async () => Number(await ask("peak")),
    report: async () => (await ask("report")) as GuardedReport,
    [Symbol.asyncDispose]: () => program.kill(),
  };
}

/** An attacker in a process of its own, until it is stopped. */
export async function startAttacker(order: AttackOrder): Promise<{ stop(): Promise<FloodReport> } & AsyncDisposable> {
  const program = await startProgram("attacker", [JSON.stringify(order)]);
  return {
    stop: async () => {
      const reported = once(program.child, "message");
      program.child.send("stop");
      const [report] = (await reported) as [FloodReport];
      return report;
    },
    [Symbol.asyncDispose]: () => program.kill(),
  };
}
