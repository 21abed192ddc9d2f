import { runGroup } from "../run-group.ts";
import { measureCalls } from "./calls.ts";
import { measureFanout } from "./fanout.ts";
import { services } from "./options.ts";

/** `pnpm bench services`; returns the exit code. */
export function benchServices(args: readonly string[]): Promise<number> {
  return runGroup(services, args, [measureCalls, measureFanout]);
}
