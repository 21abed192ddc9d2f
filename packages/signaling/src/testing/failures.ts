import { PeerloomError } from "@peerloom/core";
import type { Driver, Namespace, SignalHandler } from "../driver.ts";
import { escapeNamespace } from "../namespace.ts";
import { check, failsWithTypeError, nextEvent, same, within } from "./check.ts";
import { listen, say } from "./inbox.ts";
import type { Case } from "./world.ts";

const room = ["lobby"] as const;

/** Wrong calls, handlers that throw, and messages that are too large. */
export const failureCases: readonly Case[] = [
  [
    "wrong arguments are a TypeError, by a promise",
    async ({ create }) => {
      const driver = await create();
      for (const namespace of [undefined, "lobby", [], [1], ["a", "b", "c"]] as unknown as Namespace[]) {
        await failsWithTypeError(() => driver.subscribe(namespace, () => {}), "subscribing to no namespace");
        await failsWithTypeError(() => driver.publish(namespace, new Uint8Array(1)), "publishing to no namespace");
      }
      for (const handler of [undefined, {}] as unknown as SignalHandler[])
        await failsWithTypeError(() => driver.subscribe(room, handler), "subscribing no function");
      for (const bytes of [undefined, "text", [1], {}] as unknown as Uint8Array[])
        await failsWithTypeError(() => driver.publish(room, bytes), "publishing no bytes");
    },
  ],
  [
    "a handler that throws, or rejects, stops nobody and is reported",
    async ({ create }) => {
      const [alice, bob] = [await create(), await create()];
      const errors: unknown[] = [];
      bob.on("error", ({ error }) => errors.push(error));
      await bob.subscribe(room, () => {
        throw new Error("thrown");
      });
      await bob.subscribe(room, (async () => Promise.reject(new Error("rejected"))) as unknown as SignalHandler);
      const inbox = await listen(bob, room);

      await say(alice, room, "hello");
      await inbox.until(1);
      while (errors.length < 2) await nextEvent(bob, "error");

      same(inbox.texts, ["hello"], "the handler after those");
      same(errors.map((error) => (error as Error).message).sort(), ["rejected", "thrown"], "the errors");
    },
  ],
  [
    "64 KiB arrive; 1 MB arrives, or is refused as TOO_LARGE; what follows is not disturbed",
    async ({ create }) => {
      const [alice, bob] = [await create(), await create()];
      const inbox = await listen(bob, room);
      const small = pattern(64 * 1024);
      const large = pattern(1_000_000);

      await within(alice.publish(room, small), "publishing 64 KiB");
      const isTaken = await takes(alice, large);
      const isTooLarge = !(await takes(alice, new Uint8Array(64 * 1024 * 1024)));
      const expected = isTaken ? [small, large] : [small];
      await inbox.until(expected.length);

      for (const [index, bytes] of expected.entries()) checkBytes(inbox.bytes[index], bytes);
      check(isTooLarge, "64 MiB must be refused as TOO_LARGE");
      inbox.bytes.length = 0;
      await say(alice, room, "after");
      await inbox.hasOnly(["after"], alice, room);
    },
  ],
];

/** Input from the medium that is no message. */
export const hostileCases: readonly Case[] = [
  [
    "what is no message is dropped, counted and reported",
    async ({ create, disturb }) => {
      const [alice, bob] = [await create(), await create()];
      const inbox = await listen(bob, room);
      const reported = nextEvent(bob, "error");

      await disturb(escapeNamespace(room));
      const { error } = await reported;
      await say(alice, room, "hello");

      check(PeerloomError.is(error, "BAD_PACKET"), `reported as BAD_PACKET, not ${String(error)}`);
      check((bob.malformed ?? 1) > 0, "counted by `malformed`");
      await inbox.hasOnly(["hello"], alice, room);
    },
  ],
];

function pattern(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => (i * 7 + (i >> 8)) & 255);
}

/** Was it published? @throws when it was refused with another code than TOO_LARGE. */
async function takes(driver: Driver, bytes: Uint8Array): Promise<boolean> {
  try {
    await within(driver.publish(room, bytes), `publishing ${bytes.length} bytes`);
    return true;
  } catch (thrown) {
    check(PeerloomError.is(thrown, "TOO_LARGE"), `${bytes.length} bytes are refused with TOO_LARGE, not ${String(thrown)}`);
    return false;
  }
}

function checkBytes(actual: Uint8Array | undefined, expected: Uint8Array): void {
  check(actual?.length === expected.length, `expected ${expected.length} bytes, got ${actual?.length}`);
  check(
    expected.every((byte, index) => actual[index] === byte),
    `${expected.length} bytes were changed on their way`,
  );
}
