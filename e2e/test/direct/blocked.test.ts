import { afterAll, beforeAll, expect, test } from "vitest";
import { BLOCK_BYTES } from "../../support/direct-data.ts";
import type { SideOutcome } from "../../support/direct-side.ts";
import { startNodeSide, startPageSide, type Side } from "../../support/direct-sides.ts";
import { startOnePlace, type OnePlace } from "../../support/one-place.ts";
import { bothTake } from "../../support/path-changes.ts";
import { startRelayProcess } from "../../support/process.ts";

let place: OnePlace;

beforeAll(async () => {
  place = await startOnePlace();
});
afterAll(() => place?.[Symbol.asyncDispose]());

const plan = { steps: 4, blocksPerStep: 2, messagesPerStep: 500 };
const whole = { receivedBytes: 8 * BLOCK_BYTES, messages: 2000, misplaced: 0 };
const waiting = async ({ reports }: Side, event: "ready" | "done"): Promise<void> => reports.until(() => reports.latest.has(event));
const outcomes = (sides: readonly Side[]): SideOutcome[] => sides.map(({ reports }) => reports.latest.get("done") as SideOutcome);

test("where all UDP is blocked everything goes over the relay, and the path says so", { timeout: 120_000 }, async () => {
  await using relay = await startRelayProcess({}, place.prefix);
  await using browser = await place.startChromium();
  await place.blockUdp();
  await using page = await startPageSide(browser, { ...plan, url: relay.url, id: "left", other: "right" });
  await using node = startNodeSide(place, "node-datachannel", { ...plan, url: relay.url, id: "right", other: "left" });
  const sides = [page, node];

  await Promise.all(sides.map((side) => waiting(side, "ready")));
  for (const side of sides) side.order({ type: "start", steps: plan.steps });
  await Promise.all(sides.map((side) => waiting(side, "done")));
  await place.unblockUdp();

  expect(outcomes(sides)).toMatchObject([whole, whole].map((one) => ({ ...one, bytes: { direct: { sent: 0, received: 0 } } })));
  expect(sides.flatMap(({ reports }) => reports.all.filter(({ event }) => event === "path"))).toEqual([]);
});

test("a direct path that UDP leaves without a word is left within three seconds, and taken again", { timeout: 120_000 }, async () => {
  await using relay = await startRelayProcess({}, place.prefix);
  await using browser = await place.startChromium();
  await using page = await startPageSide(browser, { ...plan, url: relay.url, id: "left", other: "right" });
  await using node = startNodeSide(place, "node-datachannel", { ...plan, url: relay.url, id: "right", other: "left" });
  const sides = [page, node] as const;
  await Promise.all(sides.map((side) => waiting(side, "ready")));
  for (const side of sides) side.order({ type: "start", steps: 1 });
  await bothTake({ sides }, "direct");

  const begin = performance.now();
  await place.blockUdp();
  for (const side of sides) side.order({ type: "allow", steps: plan.steps });
  await bothTake({ sides }, "relay");
  const fellBackMs = performance.now() - begin;
  await Promise.all(sides.map((side) => waiting(side, "done")));
  await place.unblockUdp();
  await bothTake({ sides }, "direct");

  expect(fellBackMs).toBeLessThan(3000);
  expect(outcomes(sides)).toMatchObject([whole, whole]);
});
