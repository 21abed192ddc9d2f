import type { RtcBackend } from "@peerloom/core";
import { weriftRtc } from "@peerloom/rtc-node/werift";
import { createSignaler, type Signaler } from "@peerloom/signaling";
import { memoryDriver } from "@peerloom/signaling/memory";
import { afterEach, describe, expect, test, vi } from "vitest";
import type { GroupEvent } from "../../src/events.ts";
import { settle } from "../../src/options.ts";
import type { PairContext } from "../../src/pair/context.ts";
import { Pair } from "../../src/pair/pair.ts";

/** A backend that knows which of its connections are not closed. */
function counted(rtc: RtcBackend): { rtc: RtcBackend; open: Set<RTCPeerConnection> } {
  const open = new Set<RTCPeerConnection>();
  class Connection extends rtc.RTCPeerConnection {
    constructor(configuration?: RTCConfiguration) {
      super(configuration);
      open.add(this);
    }
    override close(): void {
      open.delete(this);
      super.close();
    }
  }
  return { rtc: { ...rtc, RTCPeerConnection: Connection }, open };
}

/** What a pair needs, in a room of its own. */
function contextOf(signaler: Signaler, rtc: RtcBackend, emit: (event: GroupEvent) => void = () => {}): PairContext {
  return {
    settings: settle({ driver: memoryDriver(), rtc, id: signaler.id }),
    ownId: signaler.id,
    metadata: () => undefined,
    publications: () => [],
    newConnection: () => new rtc.RTCPeerConnection(),
    meet: (who) => signaler.meet(who),
    say: () => {},
    emit,
    hearsMessages: () => true,
    metadataChanged: () => {},
    error: () => {},
    bad: () => {},
    linger: () => {},
    lost: () => {},
    closed: () => {},
  };
}

const who = { id: "b", instance: "b".repeat(22), card: undefined };

afterEach(() => vi.useRealTimers());

describe("a pair that is ended by who hears of it", () => {
  test.each(["connection:new", "connection:connecting"])("at %s begins nothing more, and leaves nothing behind", async (name) => {
    const { rtc, open } = counted(weriftRtc());
    const signaler = await createSignaler({ room: "room", id: "a" });
    const said: string[] = [];
    const context = contextOf(signaler, rtc, (event) => {
      said.push(event.name);
      if (event.name === name) void pair.stop({ isPolite: true });
    });
    const pair: Pair = new Pair(context, who, undefined);
    vi.useFakeTimers();
    pair.open(signaler.meet(who));
    pair.channels.open({ label: "late" });

    expect(said.at(-1)).toBe("connection:closed");
    expect(open.size).toBe(0);
    expect(signaler.pairCount).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
    expect(pair.channels.all).toEqual([]);
  });
});

test("sessions in which the other side only asks who is there do not pile up", async () => {
  const signaler = await createSignaler({ room: "room", id: "a" });
  const pair = new Pair(contextOf(signaler, weriftRtc()), who, undefined);
  pair.open(signaler.meet(who));
  for (let count = 0; count < 10; count++) pair.receive(signaler.meet(who), { type: "greet" }, true);

  // Its own, and the last.
  expect(signaler.pairCount).toBe(2);
  await pair.stop({ isPolite: true });
  expect(signaler.pairCount).toBe(0);
});
