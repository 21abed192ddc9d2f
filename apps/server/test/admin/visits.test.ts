import { connect } from "@peerloom/client";
import { createRelay } from "@peerloom/server";
import { expect, test } from "vitest";
import { Visits } from "../../src/admin/visits.ts";

test("people are known from their connection until they are gone", async () => {
  await using relay = createRelay({ port: 0 });
  let now = 5;
  const visits = new Visits(relay, () => now);
  const { url } = await relay.listen();
  const alice = await connect(url, { clientId: "alice" });
  now = 100;
  await using _bob = await connect(url, { clientId: "bob" });

  expect([visits.since("alice"), visits.since("bob"), visits.since("eve")]).toEqual([5, 100, undefined]);
  const gone = new Promise((resolve) => relay.once("gone", resolve));
  await alice.close();
  await gone;

  expect([visits.since("alice"), visits.size]).toEqual([undefined, 1]);
});
