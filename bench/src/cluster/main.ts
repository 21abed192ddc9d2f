import { runGroup } from "../run-group.ts";
import { measureIdleClients } from "./idle.ts";
import { cluster } from "./options.ts";
import { measureRooms } from "./room.ts";
import { measureUnicast } from "./unicast.ts";

/** `pnpm bench cluster`; returns the exit code. */
export function benchCluster(args: readonly string[]): Promise<number> {
  return runGroup(cluster, args, [measureUnicast, measureRooms, measureIdleClients]);
}
