import type { Figure } from "../figure.ts";
import type { Log } from "../log.ts";
import { median } from "../median.ts";
import { runGroup } from "../run-group.ts";
import { chromiumLab } from "./chromium.ts";
import type { Lab } from "./lab.ts";
import { rawNames } from "./node-contestants.ts";
import { nodeLab } from "./node.ts";
import { figureNames, peer, platforms, rivals, type PeerOptions, type Platform } from "./options.ts";
import { measureLab, type Samples } from "./rounds.ts";

/** `pnpm bench peer`; returns the exit code. */
export async function benchPeer(args: readonly string[]): Promise<number> {
  const measures = platforms.map((platform) => (options: PeerOptions, _: unknown, log: Log) => measure(platform, options, log));
  const code = await runGroup(peer, args, measures);
  // PeerServer's timers cannot be stopped, and would keep this process.
  if (code < 2) process.stdout.write("", () => process.exit(code));
  return code;
}

/** MB/s that werift has to reach on loopback. */
const WERIFT_FLOOR_MB = 15;
const units = { connect: "ms", rtt: "ms", small: "msg/s", bulk: "MB/s" } as const;

async function measure(platform: Platform, { only, without, rounds, isQuick }: PeerOptions, log: Log): Promise<Figure[]> {
  const wanted = figureNames.filter((name) => only.has(`${platform}.${name}`));
  if (wanted.length === 0) return [];
  const isBrowser = platform === "chromium";
  const others = isBrowser ? rivals.filter((name) => !without.has(name)) : [];
  const raw = isBrowser ? ["raw-256KiB", "raw-1MiB", "raw-4MiB"] : rawNames(platform);
  const lab: Lab = await (isBrowser ? chromiumLab() : nodeLab(platform));
  try {
    const samples = await measureLab(
      lab,
      {
        platform,
        contestants: ["ours", ...raw, ...others],
        variants: raw,
        isTried: (figure, name) => !name.startsWith("raw-") || triedMarks(platform, figure, raw).includes(name),
        isShared: (name) => name === "trystero",
        figures: new Set(wanted),
        rounds: isQuick ? 1 : rounds,
        sliceMs: isQuick ? 50 : 400,
        connects: isQuick ? 1 : 4 * rounds + 1,
      },
      log,
    );
    for (const [figure, byName] of samples) for (const [name, values] of byName) log.note(`${platform}.${figure} ${name}`, values);
    return figureNames.flatMap((name) => figures(platform, name, samples));
  } finally {
    await lab.close();
  }
}

/** The raw channel's variants that matter to a figure. */
function triedMarks(platform: Platform, figure: string, raw: readonly string[]): readonly string[] {
  if (figure === "rtt") return raw.slice(0, 1);
  // Where hundreds of small messages wait in werift's buffer, each takes milliseconds.
  return platform === "werift" && figure === "small" ? raw.slice(0, 2) : raw;
}

function figures(platform: Platform, name: (typeof figureNames)[number], samples: Samples): Figure[] {
  const byName = samples.get(name);
  if (byName === undefined) return [];
  const scale = name === "bulk" ? 1e6 : 1;
  const values = (contestant: string): readonly number[] =>
    (byName.get(contestant) ?? [...byName].find(([other]) => other.startsWith(`${contestant}-`))?.[1] ?? []).map((one) => one / scale);
  const ours = values("ours");
  const floor: Figure[] =
    platform === "werift" && name === "bulk"
      ? [{ name: "peer.werift.bulk-floor", ours: median(ours), baseline: WERIFT_FLOOR_MB, unit: units.bulk }]
      : [];
  const others = rivals.filter((rival) => byName.has(rival));
  const beside = [["raw", ""] as const, ...others.map((rival) => [rival, `-vs-${rival}`] as const)].map(([contestant, suffix]) => {
    const theirs = values(contestant);
    // Turn by turn: each is compared with what was measured within a second, and not with what was in another mood of the machine.
    const ratio = median(ours.map((one, turn) => one / (theirs[turn] ?? Number.NaN)));
    return { name: `peer.${platform}.${name}${suffix}`, ours: median(ours), baseline: median(ours) / ratio, unit: units[name] };
  });
  return [...beside, ...floor];
}
