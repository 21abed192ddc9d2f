import type { Figure } from "../figure.ts";
import type { Log } from "../log.ts";
import { median } from "../median.ts";
import { runGroup } from "../run-group.ts";
import { chromiumLab } from "./chromium.ts";
import type { Lab } from "./lab.ts";
import { rawNames } from "./node-contestants.ts";
import { nodeLab } from "./node.ts";
import { figureNames, peer, platforms, rivals, type PeerOptions, type Platform } from "./options.ts";
import { measureLab, quickTurns, usualTurns, type Plan, type Samples, type Turns } from "./rounds.ts";

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
  const plan: Omit<Plan, "contestants" | "turns"> = {
    platform,
    variants: raw,
    isTried: (figure, name) => !name.startsWith("raw-") || triedMarks(platform, figure, raw).includes(name),
    isShared: (name) => name === "trystero",
    figures: new Set(wanted),
    rounds: isQuick ? 1 : rounds,
    connects: isQuick ? 1 : 4 * rounds + 1,
  };
  const beside = async (contestants: readonly string[], turns: Turns): Promise<Samples> => {
    if (contestants.length === 0) return new Map();
    const samples = await measureLab(lab, { ...plan, contestants: ["ours", ...contestants], turns: isQuick ? quickTurns : turns }, log);
    for (const [figure, byName] of samples) for (const [name, values] of byName) log.note(`${platform}.${figure} ${name}`, values);
    return samples;
  };
  try {
    const besideRaw = await beside(raw, { ...usualTurns, ...turnsBesideRaw[isBrowser ? "browser" : "node"] });
    const besideRivals = await beside(others, usualTurns);
    return wanted.flatMap((name) => figures(platform, name, besideRaw, besideRivals));
  } finally {
    await lab.close();
  }
}

/** Ours and the raw channel are near to each other, so there they have more turns. In a browser one turn of bulk may well be half of the next. */
const turnsBesideRaw: Readonly<Record<"browser" | "node", Partial<Turns>>> = {
  browser: { rtt: [80, 20], bulk: [40, 100] },
  node: { rtt: [80, 20], bulk: [16, 100] },
};

/** The raw channel's variants that matter to a figure. */
function triedMarks(platform: Platform, figure: string, raw: readonly string[]): readonly string[] {
  if (figure === "rtt") return raw.slice(0, 1);
  // Where hundreds of small messages wait in werift's buffer, each takes milliseconds.
  return platform === "werift" && figure === "small" ? raw.slice(0, 2) : raw;
}

function figures(platform: Platform, name: (typeof figureNames)[number], besideRaw: Samples, besideRivals: Samples): Figure[] {
  const scale = name === "bulk" ? 1e6 : 1;
  const unit = units[name];
  const figure = (suffix: string, contestant: string, samples: Samples): Figure => {
    const byName = [...(samples.get(name) ?? [])];
    const values = (start: string): readonly number[] => byName.find(([other]) => other.startsWith(start))?.[1] ?? [];
    const theirs = values(contestant);
    const ours = median(values("ours")) / scale;
    // Turn by turn: each is compared with what was measured within a second, and not with what was in another mood of the machine.
    const ratio = median(values("ours").map((one, turn) => one / (theirs[turn] ?? Number.NaN)));
    return { name: `peer.${platform}.${name}${suffix}`, ours, baseline: ours / ratio, unit };
  };
  const raw = figure("", "raw-", besideRaw);
  const others = rivals.filter((rival) => besideRivals.get(name)?.has(rival));
  const floor = platform === "werift" && name === "bulk";
  return [
    raw,
    ...others.map((rival) => figure(`-vs-${rival}`, rival, besideRivals)),
    ...(floor ? [{ ...raw, name: "peer.werift.bulk-floor", baseline: WERIFT_FLOOR_MB }] : []),
  ];
}
