import { expect, test } from "vitest";
import type { Handlers, Payload, Wire } from "../src/contestants/wire.ts";
import { Inbox } from "../src/load/inbox.ts";
import { Sender } from "../src/load/sender.ts";

/** A wire in memory on which `pass` decides what arrives in place of message `number`. */
function wireTo(receiver: Handlers, pass: (number: number, payload: Payload) => Payload[]): Wire {
  let number = 0;
  return {
    send(payload) {
      for (const item of pass(number++, payload)) receiver.message(item);
      return true;
    },
    drained: () => new Promise((resolve) => setImmediate(resolve)),
    request: (payload) => Promise.resolve(receiver.request(payload)),
    setWindow: () => {},
  };
}

async function run(pass: (number: number, payload: Payload) => Payload[], form: "text" | "bytes" = "text"): Promise<number> {
  const sender = new Sender();
  sender.attach(wireTo(new Inbox(), pass));
  const { messagesPerS } = await sender.run({ kind: "stream", shape: { form, sizeBytes: 64 }, window: 10, durationMs: 50 });
  return messagesPerS;
}

test("a run on a wire that keeps its messages gives a figure", async () => {
  expect(await run((_, payload) => [payload])).toBeGreaterThan(0);
});

test.each([
  ["lost", (number: number, payload: Payload) => (number === 40 ? [] : [payload]), "message 40 is not the one expected"],
  ["doubled", (number: number, payload: Payload) => (number === 40 ? [payload, payload] : [payload]), "message 41 is not the one expected"],
  [
    "changed",
    (number: number, payload: Payload) => [number === 40 ? `${String(payload).slice(1)}?` : payload],
    "message 40 is not the one expected",
  ],
])("a message that is %s fails the run", async (_, pass, problem) => {
  await expect(run(pass)).rejects.toThrow(problem);
});

test("bytes that are cut off fail the run", async () => {
  const cut = (number: number, payload: Payload): Payload[] => [number === 40 ? payload.slice(1) : payload];

  await expect(run(cut, "bytes")).rejects.toThrow("message 40 is not the one expected");
});
