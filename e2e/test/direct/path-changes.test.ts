import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { BLOCK_BYTES } from "../../support/direct-data.ts";
import type { SideOptions, SideOutcome } from "../../support/direct-side.ts";
import { startNodeSide, startPageSide, type Side } from "../../support/direct-sides.ts";
import { startOnePlace, type OnePlace } from "../../support/one-place.ts";
import { bothTake, changes, type ChangeName, type ChangeWorld } from "../../support/path-changes.ts";
import { startRelayProcess } from "../../support/process.ts";

/**
 * The whole of it: 50 changes, a gigabyte and 100 000 messages each way. PEERLOOM_PATHS=full runs that; else a tenth of it, which takes
 * a tenth of the time.
 */
const isFull = process.env["PEERLOOM_PATHS"] === "full";
const steps = isFull ? 50 : 12;
const blocksPerStep = isFull ? 20 : 4;
const messagesPerStep = isFull ? 2000 : 500;

/** Their order repeats. */
const order: readonly ChangeName[] = ["direct killed", "UDP blocked", "direct killed", "relay killed", "direct killed", "both killed"];

let place: OnePlace;

beforeAll(async () => {
  place = await startOnePlace();
});
afterAll(() => place?.[Symbol.asyncDispose]());

type Start = (options: SideOptions) => Promise<Side>;

/** Has both sides send a stream and messages to each other while paths change under them. Returns what came of it at each. */
async function talkThrough(starts: readonly [Start, Start]): Promise<SideOutcome[]> {
  await using relay = await startRelayProcess({}, place.prefix);
  const options = { url: relay.url, steps, blocksPerStep, messagesPerStep };
  await using left = await starts[0]({ ...options, id: "left", other: "right" });
  await using right = await starts[1]({ ...options, id: "right", other: "left" });
  const world: ChangeWorld = { place, relay, sides: [left, right] };
  const problems = Promise.race(
    world.sides.map(async ({ reports }) => {
      await reports.until(() => reports.latest.has("problem") || reports.latest.has("gone"));
      throw new Error(JSON.stringify(reports.all.slice(-20)));
    }),
  );
  const run = async (): Promise<SideOutcome[]> => {
    await Promise.all(world.sides.map(({ reports }) => reports.until(() => reports.latest.has("ready"))));
    for (const side of world.sides) side.order({ type: "start", steps: 2 });
    await bothTake(world, "direct");
    for (let step = 1; step <= steps; step++) {
      await Promise.all(world.sides.map(({ reports }) => reports.until(() => Number(reports.latest.get("step") ?? 0) >= step)));
      const name = order[(step - 1) % order.length] ?? "direct killed";
      // Two more steps' worth may be sent meanwhile.
      for (const side of world.sides) side.order({ type: "allow", steps: step + 2 });
      await changes[name](world, step);
    }
    await Promise.all(world.sides.map(({ reports }) => reports.until(() => reports.latest.has("done"))));
    return world.sides.map(({ reports }) => reports.latest.get("done") as SideOutcome);
  };
  problems.catch(() => {}); // sides that are ended may still report one
  // Before the sides are disposed of.
  return await Promise.race([run(), problems]);
}

const whole = { receivedBytes: steps * blocksPerStep * BLOCK_BYTES, messages: steps * messagesPerStep, misplaced: 0 };

describe(
  "every byte and message comes once and in order while the paths are killed and blocked",
  { timeout: isFull ? 3_600_000 : 300_000 },
  () => {
    test("between Chromium and Node", async () => {
      await using browser = await place.startChromium();

      const [page, node] = await talkThrough([
        (options) => startPageSide(browser, options),
        async (options) => startNodeSide(place, "node-datachannel", options),
      ]);

      expect([page, node]).toMatchObject([whole, whole]);
      expect([page?.receivedHash, node?.receivedHash]).toEqual([node?.sentHash, page?.sentHash]);
      expect(page?.bytes["direct"]?.sent).toBeGreaterThan(BLOCK_BYTES);
    });

    test("between Chromium and Chromium", async () => {
      await using one = await place.startChromium();
      await using other = await place.startChromium();

      const [left, right] = await talkThrough([(options) => startPageSide(one, options), (options) => startPageSide(other, options)]);

      expect([left, right]).toMatchObject([whole, whole]);
      expect([left?.receivedHash, right?.receivedHash]).toEqual([right?.sentHash, left?.sentHash]);
      expect(left?.bytes["direct"]?.sent).toBeGreaterThan(BLOCK_BYTES);
    });
  },
);
