import { nodeDatachannelRtc } from "@peerloom/rtc-node/node-datachannel";
import type { Figure } from "../figure.ts";
import type { Log } from "../log.ts";
import type { Children } from "../processes/children.ts";
import { runGroup } from "../run-group.ts";
import { measureEncrypted } from "./encrypted.ts";
import { measureLines } from "./lines.ts";
import { paths, type PathOptions } from "./options.ts";
import { measureFirst, measureStall } from "./pairs.ts";

/** `pnpm bench paths`; returns the exit code. */
export function benchPaths(args: readonly string[]): Promise<number> {
  return runGroup(paths, args, [measure]);
}

async function measure(options: PathOptions, children: Children, log: Log): Promise<Figure[]> {
  const { only, rounds, isQuick, profileDir } = options;
  const relay = children.start("relay", ["ours"], { profileDir });
  const url = String(await relay.ready);
  const rtc = nodeDatachannelRtc();
  const figures: Figure[] = [];
  if (only.has("first-message") || only.has("to-direct"))
    figures.push(...(await measureFirst(url, rtc, isQuick ? 1 : 6 * rounds, log)).filter(({ name }) => only.has(name.slice(6) as never)));
  if (only.has("switch-stall")) figures.push(await measureStall(url, rtc, isQuick ? 1 : 2 * rounds, log));
  figures.push(...(await measureLines(options, url, log)));
  figures.push(...(await measureEncrypted(options, url, log)));
  return figures;
}
