import type { Member } from "@peerloom/protocol";
import { describe, expect, test } from "vitest";
import type { RoomPacket } from "../../src/rooms/room-packet.ts";
import { RoomRoster, type RosterEffect } from "../../src/rooms/room-roster.ts";

const member = (id: string, more: Partial<Member> = {}): Member => ({ id, instance: `${id}-instance`, state: "here", head: 0, ...more });
const packet = (id: string, first: number, count = 1): RoomPacket => ({
  instance: `${id}-instance`,
  first,
  next: first + count,
  events: Array.from({ length: count }, (_, index) => ({ name: "say", args: [first + index] })),
  bytes: 10,
});

function brief(effects: readonly RosterEffect[]): string[] {
  return effects.map((effect) => {
    if (effect.do === "tell")
      return `${effect.change} ${effect.member.id} ${effect.member.state}${effect.reason ? ` ${effect.reason}` : ""}`;
    if (effect.do === "deliver") return `${effect.from}: ${effect.events.map((event) => event.args[0]).join()}`;
    if (effect.do === "gap") return `gap ${effect.from} ${effect.missed}`;
    return effect.do === "ask" ? `ask ${effect.to} ${effect.from}` : `${effect.do} ${effect.id}`;
  });
}

describe("a room roster", () => {
  test("tells who joins, changes and leaves", () => {
    const roster = new RoomRoster(1000);

    expect(brief(roster.reconcile([member("ann")]))).toEqual(["join ann here"]);
    expect(brief(roster.notice("join", member("bob")))).toEqual(["join bob here"]);
    expect(brief(roster.notice("update", member("bob", { metadata: { a: 1 } })))).toEqual(["found bob", "update bob here"]);
    expect(brief(roster.notice("update", member("bob", { metadata: { a: 1 } })))).toEqual(["found bob"]);
    expect(brief(roster.notice("leave", member("ann"), "closed"))).toEqual(["found ann", "leave ann here closed"]);
    expect([...roster.members.keys()]).toEqual(["bob"]);
  });

  test("keeps members a restarted relay does not know as away until their time is over", () => {
    const roster = new RoomRoster(1000);
    roster.reconcile([member("ann"), member("bob")]);

    expect(brief(roster.reconcile([member("bob")]))).toEqual(["found bob", "update ann away", "await ann"]);
    expect(brief(roster.notice("join", member("ann")))).toEqual(["found ann", "update ann here"]);
    expect(brief(roster.reconcile([]))).toEqual(["update ann away", "await ann", "update bob away", "await bob"]);
    expect(brief(roster.expire("bob"))).toEqual(["found bob", "leave bob away timeout"]);
  });

  test("asks a member that is back for what it sent meanwhile", () => {
    const roster = new RoomRoster(1000);
    roster.reconcile([member("ann", { head: 4 })]);

    expect(brief(roster.reconcile([member("ann", { head: 6 })]))).toEqual(["found ann", "ask ann 4"]);
    expect(brief(roster.answered("ann", "ann-instance", { from: 4, next: 6, events: packet("ann", 4, 2).events as never }))).toEqual([
      "ann: 4,5",
    ]);
  });

  test("takes another instance for another member", () => {
    const roster = new RoomRoster(1000);
    roster.reconcile([member("ann", { head: 4 })]);

    expect(brief(roster.notice("join", member("ann", { instance: "ann-second" })))).toEqual([
      "found ann",
      "leave ann here replaced",
      "join ann here",
    ]);
    expect(brief(roster.receive("ann", packet("ann", 4)))).toEqual([]);
    expect(brief(roster.notice("leave", member("ann")))).toEqual([]);
  });

  test("goes on where a member was cut off that comes back after it had timed out", () => {
    const roster = new RoomRoster(1000);
    roster.reconcile([member("ann")]);
    roster.receive("ann", packet("ann", 0, 3));
    roster.notice("leave", member("ann", { head: 3 }), "timeout");

    expect(brief(roster.notice("join", member("ann", { head: 5 })))).toEqual(["join ann here", "ask ann 3"]);
  });

  test("says what is lost when a member leaves that owed something", () => {
    const roster = new RoomRoster(1000);
    roster.reconcile([member("ann")]);

    expect(brief(roster.notice("leave", member("ann", { head: 2 })))).toEqual(["gap ann 2", "found ann", "leave ann here"]);
  });

  test("hears outsiders without asking them", () => {
    const roster = new RoomRoster(1000);

    expect(brief(roster.receive("eve", packet("eve", 7)))).toEqual(["eve: 7"]);
    expect(roster.members.size).toBe(0);
  });
});
