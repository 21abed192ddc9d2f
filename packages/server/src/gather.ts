import type { Client } from "./client.ts";
import type { Core } from "./core.ts";
import { SLOW_ROOM } from "./line.ts";
import type { Membership } from "./rooms.ts";
import type { Publication } from "./topics.ts";

/** Bytes of packets that go out as one event. */
const gatherBytes = 65_536;

/** Where room packets go. */
export interface Outlet {
  readonly room: string;
  /** socket.io's name of the room. */
  readonly key: string;
  /** The sender's place in it: as a member, or as a publisher of a topic. Undefined for who is no member. */
  readonly place: Membership | Publication | undefined;
}

/** Packets of one sender to one room that came together. */
export interface Gathered {
  readonly outlet: Outlet;
  readonly packets: (readonly [next: number, text: string])[];
  bytes: number;
}

/**
 * Takes a room packet to be sent to the others in the room: once into socket.io, which fans it out to those whose queues are not full.
 * What one read of a socket brought of one sender to one room goes out as one event, so that a relay that is behind hands on fewer and
 * larger ones. Attachments do not wait for others.
 */
export function gather(core: Core, sender: Client, outlet: Outlet, packet: readonly unknown[], bytes: number): void {
  const [, , next, text, ...attachments] = packet as [string, string, number, string, ...unknown[]];
  const known = sender.gathered;
  const hasRoom = known !== undefined && known.outlet.key === outlet.key && known.bytes + bytes <= gatherBytes;
  if (!hasRoom || attachments.length > 0) release(core, sender);
  if (attachments.length > 0) return send(core, sender, outlet, [[next, text]], attachments);
  if (sender.gathered === undefined) {
    sender.gathered = { outlet, packets: [[next, text]], bytes };
    // socket.io hands on each packet of a read in a tick of its own; all of them are queued before this one.
    process.nextTick(() => release(core, sender));
    return;
  }
  sender.gathered.packets.push([next, text]);
  sender.gathered.bytes += bytes;
}

/** Sends what was gathered: before anything else that this sender causes. Does not throw. */
export function release(core: Core, sender: Client): void {
  const { gathered } = sender;
  if (gathered === undefined) return;
  sender.gathered = undefined;
  core.guard(() => send(core, sender, gathered.outlet, gathered.packets, []));
}

function send(core: Core, sender: Client, outlet: Outlet, packets: Gathered["packets"], attachments: readonly unknown[]): void {
  const { room, key, place } = outlet;
  const last = packets.at(-1);
  if (sender.link.at !== "here" || last === undefined) return;
  if (place !== undefined && last[0] > place.head) {
    place.head = last[0];
    place.tick = core.rooms.advanceClock();
  }
  const others = sender.link.socket.local.to(key).except(SLOW_ROOM);
  if (packets.length === 1) others.emit("r", room, sender.id, ...last, ...attachments);
  else others.emit("rs", room, sender.id, ...packets.flat());
  core.nodes?.parcels.publish(core, outlet, sender.id, packets, attachments as readonly Uint8Array[]);
  if (place === undefined || !("topic" in place) || !place.topic.hasLocal) return;
  for (const [next, text] of packets) core.local.topics.receive(room, sender.id, next, text, attachments);
}
