import { describe, test } from "vitest";
import { RoomHub, startRoomPeer } from "../../support/room-process.ts";

describe.concurrent.each(["werift", "node-datachannel", "wrtc"])("a peer on %s", (backend) => {
  test("whose process is killed is reported in under 6 s", async ({ expect }) => {
    const hub = new RoomHub();
    await using left = startRoomPeer(hub, backend, { id: "left" });
    await using right = startRoomPeer(hub, backend, { id: "right" });
    await Promise.all([left.end.until("got", 1024 * 1024), right.end.until("got", 1024 * 1024)]);

    const killedAt = Date.now();
    await right.kill();
    const { at } = await left.end.until("disconnected");

    expect(at - killedAt).toBeLessThan(6000);
  });
});
