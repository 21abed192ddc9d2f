import { check, fails, nextEvent, same, within } from "./check.ts";
import { listen, say } from "./inbox.ts";
import type { Case } from "./world.ts";

const room = ["lobby"] as const;

/** How a driver ends. */
export const lifetimeCases: readonly Case[] = [
  [
    "closing ends the subscriptions, says so, and leaves other drivers alone",
    async ({ create }) => {
      const [alice, bob, carol] = [await create(), await create(), await create()];
      const [ended, stays] = [await listen(bob, room), await listen(carol, room)];
      const told = nextEvent(bob, "inactive");

      await within(bob.close(), "closing");
      await told;

      check(!bob.isActive, "a closed driver is not active");
      await stays.hasOnly([], alice, room);
      same(ended.texts, [], "after closing");
    },
  ],
  [
    "closing twice is closing once, and calls after it are refused",
    async ({ create }) => {
      const [alice, bob] = [await create(), await create()];
      const inbox = await listen(bob, room);
      bob.on("inactive", () => void bob.close());

      const closing = bob.close();
      check(bob.close() === closing, "close() returns the same promise each time");
      await within(closing, "closing");

      await fails(say(bob, room, "late"), "CLOSED", "publishing after close");
      await fails(bob.subscribe(room, inbox.handler), "CLOSED", "subscribing after close");
      await within(bob.unsubscribe(room, inbox.handler), "unsubscribing after close");
      await within(Promise.resolve(bob[Symbol.asyncDispose]()), "disposing");
      await say(alice, room, "still here");
    },
  ],
];
