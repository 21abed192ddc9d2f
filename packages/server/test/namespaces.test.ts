import { io } from "socket.io-client";
import { expect, test, vi } from "vitest";
import { RawClient, startRelay } from "./support.ts";

test("whoever is let into a namespace of the program's own is not waited for", async () => {
  await using server = await startRelay();
  server.relay.io.of("/guests");

  using guest = new RawClient(io(`${server.url}/guests`, { transports: ["websocket"], forceNew: true, reconnection: false }));
  await vi.waitFor(() => expect(guest.socket.connected).toBe(true), { timeout: 10_000 });

  expect(server.relay["gate"].waiting).toBe(0);
});
