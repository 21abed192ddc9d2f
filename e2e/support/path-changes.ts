import type { Side } from "./direct-sides.ts";
import type { OnePlace } from "./one-place.ts";
import type { RelayProcess } from "./process.ts";

export interface ChangeWorld {
  readonly place: OnePlace;
  readonly relay: RelayProcess;
  readonly sides: readonly [Side, Side];
}

/** Resolves when both sides' packets take this path. */
export async function bothTake({ sides }: Pick<ChangeWorld, "sides">, path: "relay" | "direct"): Promise<void> {
  await Promise.all(sides.map(({ reports }) => reports.untilLatest("path", path)));
}

async function bothAre({ sides }: ChangeWorld, state: "online" | "offline"): Promise<void> {
  const holds = (latest: unknown): boolean => (latest === "online") === (state === "online");
  await Promise.all(sides.map(({ reports }) => reports.until(() => holds(reports.latest.get("state") ?? "online"))));
}

/** What can befall the paths of a pair; each begins and ends with both paths up. */
export const changes = {
  /** The connection is closed on one side without a word. */
  "direct killed": async (world: ChangeWorld, turn: number): Promise<void> => {
    const back = haveTaken(world, "relay");
    world.sides[turn % 2 === 0 ? 0 : 1].order({ type: "break" });
    await back;
    await bothTake(world, "direct");
  },
  /** UDP gets lost without a word. */
  "UDP blocked": async (world: ChangeWorld): Promise<void> => {
    const back = haveTaken(world, "relay");
    await world.place.blockUdp();
    await back;
    await world.place.unblockUdp();
    await bothTake(world, "direct");
  },
  /** The relay's process is killed, and another one started. */
  "relay killed": async (world: ChangeWorld): Promise<void> => {
    await world.relay.kill();
    await bothAre(world, "offline");
    await world.relay.restart();
    await bothAre(world, "online");
  },
  /** The direct path goes while there is no relay: for a moment there is no path at all. */
  "both killed": async (world: ChangeWorld, turn: number): Promise<void> => {
    await world.relay.kill();
    await bothAre(world, "offline");
    const back = haveTaken(world, "relay");
    world.sides[turn % 2 === 0 ? 1 : 0].order({ type: "break" });
    await back;
    await world.relay.restart();
    await bothAre(world, "online");
    await bothTake(world, "direct");
  },
} as const;

export type ChangeName = keyof typeof changes;

/** Resolves when both sides take this path, or have taken it for however short a time from now on. */
async function haveTaken({ sides }: ChangeWorld, path: string): Promise<void> {
  await Promise.all(
    sides.map(({ reports }) => {
      // On a busy machine a path may have fallen silent by itself just before.
      if (reports.latest.get("path") === path) return Promise.resolve();
      const from = reports.all.length;
      return reports.until(() => reports.all.slice(from).some((report) => report.event === "path" && report.detail === path));
    }),
  );
}
