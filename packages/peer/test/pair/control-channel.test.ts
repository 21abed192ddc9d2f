import { expect, test } from "vitest";
import { CONTROL } from "../../src/limits.ts";
import { ControlChannel } from "../../src/pair/control-channel.ts";
import { encodeControl } from "../../src/pair/control.ts";
import { MemoryNetwork } from "../channels/memory-pair.ts";

test("one that asks on and on and takes no answers is not answered for ever", async () => {
  const network = new MemoryNetwork();
  network.isHeld = true;
  const [near] = network.pair();
  const told: string[] = [];
  const control = new ControlChannel(near as unknown as RTCDataChannel, {
    now: () => 0,
    heartbeat: { intervalMs: 1000, lostMs: 3200 },
    open: () => {},
    message: () => {},
    heard: () => {},
    silent: () => {},
    closed: () => void told.push("closed"),
    bad: () => void told.push("bad"),
  });
  const ask = (): void => near.emit("message", { data: `.${encodeControl({ type: "ping", ping: 1 })}` });
  ask();
  expect(near.messages).toBe(1);
  near.bufferedAmount = CONTROL.maxBufferedBytes;
  for (let count = 0; count < 10; count++) ask();
  await Promise.resolve();
  control.close();

  expect(near.messages).toBe(1);
  expect(told).toEqual(["bad", "closed"]);
});
