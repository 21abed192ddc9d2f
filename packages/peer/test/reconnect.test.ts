import { nodeDatachannelRtc } from "@peerloom/rtc-node/node-datachannel";
import { weriftRtc } from "@peerloom/rtc-node/werift";
import { wrtcRtc } from "@peerloom/rtc-node/wrtc";
import { describe, test } from "vitest";
import { CuttablePath } from "../../../tools/lib/udp-cut.ts";
import { meet, next, World } from "./support/peers.ts";

/** As long as the promise in the test's name. */
const cutMs = 10_000;

describe.concurrent.each([nodeDatachannelRtc(), weriftRtc(), wrtcRtc()])("a pair on $name", (rtc) => {
  test(
    "whose path is cut for 10 s says so in under 6 s, comes back by itself, and loses no message",
    { timeout: 60_000 },
    async ({ expect }) => {
      await using path = new CuttablePath();
      await using world = new World(path.through(rtc));
      const isSealed = rtc.name !== "node-datachannel";
      const [alice, bob] = [world.peer("alice", { isSealed }), world.peer("bob", { isSealed })];
      alice.open("chat");
      await Promise.all([meet([alice, bob]), next(bob, "channel:open")]);
      const channel = alice.channel("bob", "chat");
      const got: unknown[] = [];
      bob.on("channel:message", ({ data }) => void got.push(data));
      let sent = 0;
      const sender = setInterval(() => channel?.post(sent++), 20);
      await next(bob, "channel:message");

      const lost = Promise.all([next(alice, "connection:disconnected"), next(bob, "connection:disconnected")]);
      const back = Promise.all([next(alice, "connection:connected"), next(bob, "connection:connected")]);
      const cutAt = performance.now();
      path.isCut = true;
      const healed = new Promise<void>((resolve) =>
        setTimeout(() => {
          path.isCut = false;
          resolve();
        }, cutMs),
      );
      await lost;
      const noticedMs = performance.now() - cutAt;
      await healed;
      await back;
      clearInterval(sender);
      await alice.send("chat", "last");

      expect(noticedMs).toBeLessThan(6000);
      expect(got).toEqual([...Array.from({ length: sent }, (_, index) => index), "last"]);
      expect(world.errors).toEqual([]);
    },
  );

  test("whose path is cut while it connects is connected when it is back", { timeout: 60_000 }, async ({ expect }) => {
    await using path = new CuttablePath();
    await using world = new World(path.through(rtc));
    const [alice, bob] = [world.peer("alice"), world.peer("bob")];
    alice.open("chat");
    const [opened, connecting] = [next(bob, "channel:open"), next(bob, "connection:connecting")];
    await alice.join();
    await bob.join();
    await connecting;
    path.isCut = true;
    setTimeout(() => (path.isCut = false), 2000);
    await opened;

    expect(await bob.send("chat", "here")).toEqual({ delivered: ["alice"], failed: [] });
  });
});
