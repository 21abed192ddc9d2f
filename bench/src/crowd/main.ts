import { runGroup } from "../run-group.ts";
import { measureActive } from "./active.ts";
import { measureFloods } from "./flood.ts";
import { measureIdleCrowd } from "./idle.ts";
import { load } from "./options.ts";
import { measureStorm } from "./storm.ts";

/** `pnpm bench load`; returns the exit code. */
export function benchLoad(args: readonly string[]): Promise<number> {
  return runGroup(load, args, [measureActive, measureIdleCrowd, measureStorm, measureFloods]);
}
