import { encodeEvent } from "@peerloom/protocol";
import { defaultRoomLimits, RoomPublisher } from "@peerloom/session";
import type { Core } from "./core.ts";
import { SLOW_ROOM } from "./line.ts";

const limits = { ...defaultRoomLimits, historyBytes: 0, historyEvents: 0 };

/** Sends one event to a room in the relay's own name. Nothing is kept: members that are away, or do not keep up, miss it. */
export function publishAsRelay(core: Core, room: string, event: string, args: readonly unknown[]): void {
  const { relayId, limits: relayLimits } = core.settings;
  const publisher = new RoomPublisher(core.local.instance, limits);
  publisher.maxPacketBytes = relayLimits.packetBytes;
  publisher.push(encodeEvent(JSON.stringify(event), args));
  const batch = publisher.peek();
  const target = core.rooms.get(room);
  if (batch === undefined || target === undefined) return;
  const { text, attachments } = batch.packet;
  core.counters.roomPackets += 1;
  core.counters.roomBytes += attachments.reduce((sum, { length }) => sum + length, Buffer.byteLength(text));
  core.nodes?.parcels.publish(core, { room, key: target.key, place: undefined }, relayId, [[batch.next, text]], attachments);
  core.namespace.local
    .to(target.key)
    .except(SLOW_ROOM)
    .emit("r", room, relayId, batch.next, text, ...attachments);
}
