import { expect, test } from "vitest";
import { Spare } from "../../src/pair/spare.ts";

/** A spare with a count of what it made, and of what of that is open. */
function spareOf({ isFailing = () => false }: { readonly isFailing?: () => boolean } = {}): {
  readonly spare: Spare;
  readonly made: object[];
  readonly open: Set<object>;
} {
  const made: object[] = [];
  const open = new Set<object>();
  const spare = new Spare(() => {
    if (isFailing()) throw new SyntaxError("no address of a server");
    const pc = { close: () => open.delete(pc) } as unknown as RTCPeerConnection;
    made.push(pc);
    open.add(pc);
    return pc;
  });
  return { spare, made, open };
}

test("a prepared connection is taken once, then new ones are made", () => {
  const { spare, made } = spareOf();
  spare.prepare();
  spare.prepare();

  expect(made).toHaveLength(1);
  expect(spare.take()).toBe(made[0]);
  expect(spare.take()).toBe(made[1]);
});

test("one that nobody took is closed, one that was taken is its taker's", () => {
  const { spare, open } = spareOf();
  spare.prepare();
  const taken = spare.take();
  spare.prepare();
  spare.close();

  expect([...open]).toEqual([taken]);
});

test("what keeps one from being made is told to who takes it", () => {
  let isFailing = true;
  const { spare, made } = spareOf({ isFailing: () => isFailing });
  spare.prepare();

  expect(() => spare.take()).toThrow("no address");
  isFailing = false;
  expect(spare.take()).toBe(made[0]);
});
