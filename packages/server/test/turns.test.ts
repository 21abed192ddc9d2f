import { setImmediate as nextTurn } from "node:timers/promises";
import { expect, test } from "vitest";
import { Addresses, type AddressRow } from "../src/addresses.ts";
import { parseTrustedProxies } from "../src/client-address.ts";
import { defaultLimits } from "../src/limits.ts";
import { Turns } from "../src/turns.ts";
import { joinRaw, maskedFrame, opcodes } from "./raw-socket.ts";
import { connect, instance, startRelay } from "./support.ts";

/** Counts how often it is called in each turn of the event loop. */
function countTurns(): { readonly turns: readonly number[]; readonly authorize: () => true } {
  const turns: number[] = [];
  let inTurn = 0;
  const authorize = (): true => {
    if (inTurn++ === 0) {
      setImmediate(() => {
        turns.push(inTurn);
        inTurn = 0;
      });
    }
    return true;
  };
  return { turns, authorize };
}

const packetsFor = (to: string, count: number): Buffer =>
  Buffer.concat(Array.from({ length: count }, (_, serial) => maskedFrame(opcodes.text, `42/peerloom,["p","${to}",${serial},"${serial}"]`)));

const waitingIn = (relay: object): number => (relay as { readonly turns: { readonly waiting: number } }).turns.waiting;

test("who sends a thousand messages at once does not have them all handled before others have their turn, and loses none", async () => {
  const { turns, authorize } = countTurns();
  await using server = await startRelay({ authorize });
  using bob = await connect(server.url, "bob");
  using raw = await joinRaw(server.url, "alice", instance());

  raw.write(packetsFor("bob", 1000));
  await bob.next("p", (_from: string, text: string) => text === "999");

  // Its share of the turn in which they were read, and that of the next one.
  expect(Math.max(...turns)).toBeLessThanOrEqual(128);
  const texts = [];
  for (let index = 0; index < 999; index++) texts.push((await bob.next("p"))[1]);
  expect(texts).toEqual(Array.from({ length: 999 }, (_, serial) => `${serial}`));
});

test("all clients of one address together do not either", async () => {
  const { turns, authorize } = countTurns();
  await using server = await startRelay({ authorize, exemptAddresses: [] });
  const names = Array.from({ length: 8 }, (_, n) => `client-${n}`);
  using bob = await connect(server.url, "bob");
  const clients = await Promise.all(names.map((name) => joinRaw(server.url, name, instance())));

  for (const client of clients) client.write(packetsFor("bob", 500));
  await Promise.all(names.map((name) => bob.next("p", (from: string, text: string) => from === name && text === "499")));

  // The address's share of this turn and that of the next one, and one message of each client that was on its way when a share was used up.
  expect(Math.max(...turns)).toBeLessThanOrEqual(2 * (24 + 8));
  const heard = new Map(names.map((name) => [name, [] as string[]]));
  for (let index = 0; index < 8 * 499; index++) {
    const [from, text] = (await bob.next("p")) as [string, string];
    heard.get(from)?.push(text);
  }
  for (const texts of heard.values()) expect(texts).toEqual(Array.from({ length: 499 }, (_, serial) => `${serial}`));
  clients.forEach((client) => client[Symbol.dispose]());
});

test("who sends a thousand messages and leaves at once is heard to the end", async () => {
  await using server = await startRelay({ exemptAddresses: [] });
  using bob = await connect(server.url, "bob");
  using raw = await joinRaw(server.url, "alice", instance());

  raw.write(packetsFor("bob", 1000));
  raw.socket.end();
  await bob.next("p", (_from: string, text: string) => text === "999");

  expect(bob.count("p")).toBe(999);
  await expect.poll(() => waitingIn(server.relay)).toBe(0);
});

test("handshakes of one address take turns, those of another do not wait for them", async () => {
  const addresses = new Addresses(defaultLimits, parseTrustedProxies([]), () => 0);
  const [one, other] = ["192.0.2.1", "192.0.2.2"].map((address) => addresses.of(address)) as [AddressRow, AddressRow];
  const turns = new Turns();
  const begun: number[] = [];

  for (let n = 0; n < 20; n++) turns.whenMay(one, 8, () => begun.push(n));
  const atOnce = begun.length;
  turns.whenMay(other, 8, () => begun.push(100));

  expect([atOnce, begun.at(-1), turns.waiting]).toEqual([3, 100, 17]);
  await nextTurn();
  expect(turns.waiting).toBe(14);
  while (turns.waiting > 0) await nextTurn();
  expect(begun.filter((n) => n < 100)).toEqual(Array.from({ length: 20 }, (_, n) => n));
  addresses.clear();
});
