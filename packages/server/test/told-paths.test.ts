import { expect, test } from "vitest";
import { connect, startRelay } from "./support.ts";

test("what clients tell of their paths is added up while they are here, and believed within limits", async () => {
  await using server = await startRelay({ limits: { clients: 10 } });
  using alice = await connect(server.url, "alice");
  const bob = await connect(server.url, "bob");

  await alice.ok({ type: "paths", direct: 1, relayed: 2 });
  await alice.ok({ type: "paths", direct: 2, relayed: 1 });
  await bob.ok({ type: "paths", direct: 1, relayed: Number.MAX_SAFE_INTEGER });

  expect(server.relay.stats().paths).toEqual({ direct: 3, relayed: 11 });
  expect(await alice.code({ type: "paths", direct: -1, relayed: 0 })).toBe("BAD_REQUEST");
  await bob.control({ type: "close" });
  expect(server.relay.stats().paths).toEqual({ direct: 2, relayed: 1 });
});
