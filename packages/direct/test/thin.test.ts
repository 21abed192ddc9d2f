import { expect, test } from "vitest";
import { takes, twoClients } from "./support.ts";

const upTo = (total: number): number[] => Array.from({ length: total }, (_, index) => index);

test("two clients that have spoken go direct, and messages stay in order on the way there and back", async () => {
  await using world = await twoClients();
  const { alice, bob, network } = world;
  const received: number[] = [];
  bob.onAny("number", (n: number) => void received.push(n));
  bob.onAny("hello", () => "hi");
  const remote = alice.remote("bob");

  expect(await remote.emitWithAck("hello")).toBe("hi");
  for (const n of upTo(1000)) remote.emit("number", n);
  await Promise.all([takes(alice, "bob", "direct"), takes(bob, "alice", "direct")]);
  for (const n of upTo(1000)) remote.emit("number", 1000 + n);
  network.breakAll();
  await takes(alice, "bob", "relay");
  for (const n of upTo(1000)) remote.emit("number", 2000 + n);
  expect(await remote.emitWithAck("hello")).toBe("hi");
  await takes(alice, "bob", "direct");
  expect(await remote.emitWithAck("hello")).toBe("hi");

  expect(received).toEqual(upTo(3000));
  expect(remote.bytes.direct.sent).toBeGreaterThan(0);
});
