import { runGroup } from "../run-group.ts";
import { measureActive } from "./active.ts";
import { measureFloods } from "./flood.ts";
import { measureIdleCrowd } from "./idle.ts";
import { load } from "./options.ts";
import { measureStorm } from "./storm.ts";

/** `pnpm bench load`; returns the exit code. */
export function benchLoad(args: readonly string[]): Promise<number> {
  return runGroup(load, args, async (options, children, log) => [
    ...(await measureActive(options, children, log)),
    ...(await measureIdleCrowd(options, children, log)),
    ...(await measureStorm(options, children, log)),
    ...(await measureFloods(options, children, log)),
  ]);
}
