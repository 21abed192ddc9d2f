import { expect, test } from "vitest";
import { decodeFrames, encodeFrame } from "../../src/cluster/frames.ts";
import { Outbox } from "../../src/cluster/outbox.ts";

interface Sent {
  readonly node: string | undefined;
  readonly heads: unknown[];
}

/** An outbox, and the messages it has sent. */
function createOutbox(): { readonly outbox: Outbox; readonly sent: Sent[] } {
  const sent: Sent[] = [];
  const outbox = new Outbox({
    guard: (run) => run(),
    send: (message, node) => {
      sent.push({ node, heads: (decodeFrames(Buffer.concat(message)) ?? []).map(({ head }) => head) });
      return true;
    },
  });
  outbox.begin("me");
  return { outbox, sent };
}

const frame = (text: string): Uint8Array[] => encodeFrame(JSON.stringify(text));

test("what a turn has for a node is one message, and nothing for all overtakes it or is overtaken", async () => {
  const { outbox, sent } = createOutbox();

  outbox.push("a", frame("1"));
  outbox.push("b", frame("2"));
  outbox.push("a", frame("3"));
  outbox.push(undefined, frame("4"));
  outbox.push(undefined, frame("5"));
  outbox.push("a", frame("6"));
  expect(sent).toEqual([]);
  await new Promise((resolve) => setImmediate(resolve));

  expect(sent).toEqual([
    { node: "a", heads: [["me"], "1", "3"] },
    { node: "b", heads: [["me"], "2"] },
    { node: undefined, heads: [["me", 0], "4", "5"] },
    { node: "a", heads: [["me"], "6"] },
  ]);
});

test("broadcasts are numbered from 0 under each name, and without a name nothing is kept", () => {
  const { outbox, sent } = createOutbox();
  const tell = (): void => {
    outbox.push(undefined, frame("x"));
    outbox.flush();
  };

  tell();
  tell();
  outbox.begin(undefined);
  tell();
  outbox.begin("again");
  tell();

  expect(sent.map(({ heads }) => heads[0])).toEqual([
    ["me", 0],
    ["me", 1],
    ["again", 0],
  ]);
  expect(outbox.sent).toBe(1);
});

test("a message goes out before the turn ends when it is large", () => {
  const { outbox, sent } = createOutbox();

  outbox.push("a", encodeFrame('"large"', [Buffer.alloc(70_000)], 70_000));

  expect(sent).toHaveLength(1);
});
