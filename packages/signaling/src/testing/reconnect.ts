import type { Driver } from "../driver.ts";
import { check, fails, nextEvent, same, within } from "./check.ts";
import { Inbox, listen, say } from "./inbox.ts";
import type { Case, Scene } from "./world.ts";

const room = ["lobby"] as const;
const other = ["other", "bob"] as const;

/** What happens when the medium is out of reach, and when it is back. */
export const reconnectCases: readonly Case[] = [
  [
    "when the medium goes and comes back, drivers say so and their subscriptions are in force again",
    async (scene) => {
      const [alice, bob] = [await scene.create(), await scene.create()];
      const inboxes = [await listen(bob, room), await listen(bob, room), await listen(alice, room)];
      const direct = await listen(bob, other);

      await cut(scene, alice, bob);
      check(!alice.isActive && !bob.isActive, "a driver whose medium is gone is not active");
      await fails(say(alice, room, "lost"), "DRIVER_INACTIVE", "publishing while the medium is gone");
      await restore(scene, alice, bob);

      check(alice.isActive && bob.isActive, "a driver whose medium is back is active");
      await say(alice, room, "back");
      await direct.hasOnly([], alice, other);
      await Promise.all(inboxes.map((inbox) => inbox.until(1)));
      same(
        inboxes.map(({ texts }) => texts),
        [["back"], ["back"], ["back"]],
        "after the medium is back",
      );
    },
  ],
  [
    "what is subscribed and unsubscribed while the medium is gone holds when it is back",
    async (scene) => {
      const [alice, bob] = [await scene.create(), await scene.create()];
      const gone = await listen(bob, room);
      const added = new Inbox();
      const both = await listen(bob, other);
      const dropped = new Inbox();

      await cut(scene, alice, bob);
      const subscribing = bob.subscribe(room, added.handler);
      const undone = bob.subscribe(other, dropped.handler);
      const isUndone = fails(undone, "ABORTED", "subscribing what is unsubscribed at once");
      await within(bob.unsubscribe(other, dropped.handler), "unsubscribing while the medium is gone");
      await within(bob.unsubscribe(room, gone.handler), "unsubscribing while the medium is gone");
      await restore(scene, alice, bob);
      await within(subscribing, "subscribing");
      await Promise.allSettled([isUndone]);

      await added.hasOnly([], alice, room);
      await both.hasOnly([], alice, other);
      same([...gone.texts, ...dropped.texts], [], "those that are off");
    },
  ],
  [
    "nothing comes twice after the medium went and came back again and again",
    async (scene) => {
      const [alice, bob] = [await scene.create(), await scene.create()];
      const inbox = await listen(bob, room);

      for (let round = 0; round < 3; round++) {
        await cut(scene, alice, bob);
        await restore(scene, alice, bob);
        await say(alice, room, `round ${round}`);
        await inbox.hasOnly([`round ${round}`], alice, room);
      }
    },
  ],
  [
    "a driver can be closed while the medium is gone, and those who wait are told",
    async (scene) => {
      const [alice, bob] = [await scene.create(), await scene.create()];
      const inbox = await listen(bob, room);

      await cut(scene, alice, bob);
      const waiting = fails(bob.subscribe(other, inbox.handler), "CLOSED", "a subscription under way");
      await within(bob.close(), "closing while the medium is gone");
      await waiting;
      const active: string[] = [];
      bob.on("active", () => active.push("bob"));
      await restore(scene, alice);

      await say(alice, room, "hello");
      const own = await listen(alice, room);
      await own.hasEnd(alice, room);
      same([inbox.texts, active], [[], []], "the closed driver");
    },
  ],
];

async function cut(scene: Scene, ...drivers: readonly Driver[]): Promise<void> {
  const told = drivers.map((driver) => nextEvent(driver, "inactive"));
  await scene.cut();
  await Promise.all(told);
}

async function restore(scene: Scene, ...drivers: readonly Driver[]): Promise<void> {
  const told = drivers.map((driver) => nextEvent(driver, "active"));
  await scene.restore();
  await Promise.all(told);
}
