import { expect, test } from "vitest";
import { joinRaw, maskedFrame, opcodes } from "./raw-socket.ts";
import { connect, instance, startRelay } from "./support.ts";

test("who sends a thousand messages at once does not have them all handled before others have their turn, and loses none", async () => {
  const turns: number[] = [];
  let inTurn = 0;
  await using server = await startRelay({
    authorize: () => {
      if (inTurn++ === 0) {
        setImmediate(() => {
          turns.push(inTurn);
          inTurn = 0;
        });
      }
      return true;
    },
  });
  using bob = await connect(server.url, "bob");
  using raw = await joinRaw(server.url, "alice", instance());

  const packets = Array.from({ length: 1000 }, (_, serial) => maskedFrame(opcodes.text, `42/peerloom,["p","bob",${serial},"${serial}"]`));
  raw.write(Buffer.concat(packets));
  await bob.next("p", (_from: string, text: string) => text === "999");

  // Its share of the turn in which they were read, and that of the next one.
  expect(Math.max(...turns)).toBeLessThanOrEqual(128);
  const texts = [];
  for (let index = 0; index < 999; index++) texts.push((await bob.next("p"))[1]);
  expect(texts).toEqual(Array.from({ length: 999 }, (_, serial) => `${serial}`));
});
