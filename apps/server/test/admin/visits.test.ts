import { connect } from "@peerloom/client";
import { createRelay } from "@peerloom/server";
import { expect, test } from "vitest";
import { parsePaths, Visits } from "../../src/admin/visits.ts";

test("people are known from their connection until they are gone, with the paths they tell", async () => {
  const relay = createRelay({ port: 0 });
  await using _relay = relay;
  let now = 5;
  const visits = new Visits(relay, () => now);
  const { url } = await relay.listen();
  const alice = await connect(url, { clientId: "alice" });
  const bob = await connect(url, { clientId: "bob" });
  now = 100;

  await alice.remote("relay").emitWithAck("paths", { direct: 1, relay: 2 });
  await bob.remote("relay").emitWithAck("paths", { direct: 1, relay: 0 });
  await bob.remote("relay").emitWithAck("paths", "nonsense");

  expect(visits.get("alice")).toEqual({ sinceMs: 5, paths: { direct: 1, relay: 2 } });
  expect(visits.pairs).toEqual({ direct: 1, relay: 1 });
  const gone = new Promise((resolve) => relay.once("gone", resolve));
  await alice.close();
  await gone;
  expect([visits.get("alice"), visits.size]).toEqual([undefined, 1]);
  await bob.close();
});

test.each([
  undefined,
  null,
  "",
  {},
  { direct: -1, relay: 0 },
  { direct: 0.5, relay: 0 },
  { direct: 1e9, relay: 0 },
  { direct: "1", relay: 0 },
])("%j is nothing that paths could be", (value) => {
  expect(parsePaths(value)).toBeUndefined();
});
