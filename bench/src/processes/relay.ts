import { contestants } from "../contestants/contestants.ts";
import type { ContestantName } from "../contestants/contestants.ts";
import { answer } from "./answer.ts";
import { memory } from "./memory.ts";

/** `relay <contestant> [port]` */
const [name, port] = process.argv.slice(2);
const { listen } = await contestants[name as ContestantName].relay();
/** Milliseconds of a processor that this process has used. */
function processorMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

answer(await listen(port === undefined ? undefined : Number(port)), { memory, processorMs });
