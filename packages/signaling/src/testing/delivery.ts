import { check, same, within } from "./check.ts";
import { Inbox, listen, say } from "./inbox.ts";
import type { Case } from "./world.ts";

const room = ["lobby"] as const;

/** Who gets what, how often and in which order. */
export const deliveryCases: readonly Case[] = [
  [
    "what is published reaches everyone who subscribed, byte for byte",
    async ({ create }) => {
      const [alice, bob, carol] = [await create(), await create(), await create()];
      const inboxes = [await listen(bob, room), await listen(bob, room), await listen(carol, room)];
      const messages = [new Uint8Array(0), new Uint8Array(1), Uint8Array.from({ length: 256 }, (_, i) => i)];

      for (const message of messages) await alice.publish(room, message);

      for (const inbox of inboxes) {
        await inbox.until(messages.length);
        same(
          inbox.bytes.map((bytes) => [...bytes]),
          messages.map((bytes) => [...bytes]),
          "the messages",
        );
        check(
          inbox.bytes.every((bytes) => bytes.constructor === Uint8Array),
          "a handler gets a plain Uint8Array",
        );
      }
    },
  ],
  [
    "the same handler twice is one subscription",
    async ({ create }) => {
      const [alice, bob] = [await create(), await create()];
      const inbox = new Inbox();
      await within(Promise.all([bob.subscribe(room, inbox.handler), bob.subscribe(room, inbox.handler)]), "subscribing");
      await bob.subscribe(room, inbox.handler);

      await say(alice, room, "once");
      await inbox.hasOnly(["once"], alice, room);
      await bob.unsubscribe(room, inbox.handler);
      const other = await listen(bob, room);
      await other.hasOnly([], alice, room);

      same(inbox.texts, [], "after one unsubscribe");
    },
  ],
  [
    "one that unsubscribes gets nothing more, and the others beside it still do",
    async ({ create }) => {
      const [alice, bob] = [await create(), await create()];
      const [gone, stays] = [await listen(bob, room), await listen(bob, room)];

      const over = bob.unsubscribe(room, gone.handler);
      await say(alice, room, "hello");
      await over;
      await stays.hasOnly(["hello"], alice, room);
      await bob.unsubscribe(room, stays.handler);
      await say(alice, room, "nobody");
      const again = await listen(bob, room);
      await again.hasEnd(alice, room);

      same([...gone.texts, ...stays.texts], [], "after unsubscribing");
    },
  ],
  [
    "subscribing and unsubscribing in one go ends as the last call says",
    async ({ create }) => {
      const [alice, bob] = [await create(), await create()];
      const [on, off] = [new Inbox(), new Inbox()];

      const calls = [
        bob.subscribe(room, on.handler),
        bob.unsubscribe(room, on.handler),
        bob.subscribe(room, on.handler),
        bob.subscribe(room, off.handler),
        bob.unsubscribe(room, off.handler),
      ];
      const results = await within(Promise.allSettled(calls), "subscribing");
      await on.hasOnly([], alice, room);
      await Promise.all([bob.unsubscribe(room, on.handler), bob.subscribe(room, on.handler)]);
      await on.hasOnly([], alice, room);

      same(
        [results[1], results[2], results[4]].map((result) => result?.status),
        Array(3).fill("fulfilled"),
        "what stays in force",
      );
      same(off.texts, [], "the one that is off");
    },
  ],
  [
    "a publisher's own handlers get its messages, once",
    async ({ create }) => {
      const alice = await create();
      const inbox = await listen(alice, room);

      await say(alice, room, "to myself");

      await inbox.hasOnly(["to myself"], alice, room);
    },
  ],
  [
    "two peers on one driver object meet",
    async ({ create }) => {
      const driver = await create();
      const [alice, bob] = [["lobby", "alice"] as const, ["lobby", "bob"] as const];
      const [inRoom, also] = [await listen(driver, room), await listen(driver, room)];
      const [toAlice, toBob] = [await listen(driver, alice), await listen(driver, bob)];

      await say(driver, room, "here is alice");
      await say(driver, alice, "hello alice");
      await say(driver, bob, "hello bob");

      await toAlice.hasOnly(["hello alice"], driver, alice);
      await toBob.hasOnly(["hello bob"], driver, bob);
      await inRoom.hasOnly(["here is alice"], driver, room);
      await also.until(2);
      same(also.texts[0], "here is alice", "the other peer's handler");
    },
  ],
  [
    "messages of one publisher stay in order, whether it waits for each or not",
    async ({ create }) => {
      const [alice, bob, carol] = [await create(), await create(), await create()];
      const inbox = await listen(carol, room);
      const own = await listen(alice, room);
      const numbers = Array.from({ length: 100 }, (_, i) => String(i));

      const sent = numbers.flatMap((n) => [say(alice, room, `alice ${n}`), say(bob, room, `bob ${n}`)]);
      await Promise.all(sent);

      for (const box of [inbox, own]) {
        await box.until(sent.length);
        for (const name of ["alice", "bob"]) {
          const got = box.texts.filter((text) => text.startsWith(name)).map((text) => text.slice(name.length + 1));
          same(got, numbers, `the messages of ${name}`);
        }
      }
    },
  ],
  [
    "what is sent are the bytes of the call, and each handler gets bytes of its own",
    async ({ create }) => {
      const [alice, bob] = [await create(), await create()];
      await bob.subscribe(room, (bytes) => void bytes.fill(9));
      const inboxes = [await listen(bob, room), await listen(alice, room)];
      const bytes = Uint8Array.of(1, 2, 3);

      const sent = alice.publish(room, bytes);
      bytes.fill(7);
      await sent;

      for (const inbox of inboxes) {
        await inbox.until(1);
        same([...(inbox.bytes[0] ?? [])], [1, 2, 3], "the bytes");
      }
    },
  ],
];
