import type { AnyCode } from "@peerloom/core";
import { isRoom, isRoomName, isUint } from "@peerloom/protocol";
import { allowsNow } from "./authorize.ts";
import type { Client } from "./client.ts";
import type { Core } from "./core.ts";
import { sizeOfPacket } from "./forward.ts";
import { gather } from "./gather.ts";
import { publishTopic } from "./publish-topic.ts";
import { subscriberCount } from "./topics.ts";

/** Sends a room packet to the other members of the room, or to the subscribers of the topic. */
export function publishPacket(core: Core, sender: Client, packet: readonly unknown[]): void {
  const room = packet[1];
  const next = packet[2];
  const text = packet[3];
  if (typeof room !== "string" || typeof text !== "string" || !isUint(next)) return badPacket(core, sender, room);
  const topic = core.topics.get(room);
  const target = core.rooms.get(room);
  if (topic === undefined && target === undefined && !isRoom(room)) return badPacket(core, sender, room);
  const bytes = sizeOfPacket(text, packet);
  if (bytes < 0) return badPacket(core, sender, room);
  const receivers = topic === undefined ? (target?.members.size ?? 0) : subscriberCount(topic);
  if (!sender.rates.takeRoomPacket(bytes, receivers, core.settings.now())) return limit(core, sender, room);
  if (topic !== undefined) {
    const refusal = publishTopic(core, sender, topic, packet, bytes);
    return refusal === undefined ? undefined : refuse(core, sender, room, refusal);
  }
  const code = refusalOf(core, sender, room, bytes);
  if (code !== undefined) return refuse(core, sender, room, code);
  if (target === undefined) return;
  core.counters.roomPackets += 1;
  core.counters.roomBytes += bytes;
  gather(core, sender, { room, key: target.key, place: sender.rooms?.get(room) }, packet, bytes);
}

function refusalOf(core: Core, sender: Client, room: string, bytes: number): AnyCode | undefined {
  const { limits, allowOutsiders, authorize } = core.settings;
  if (bytes > limits.packetBytes) return "TOO_LARGE";
  if ((!allowOutsiders || !isRoomName(room)) && sender.rooms?.has(room) !== true) return "NOT_A_MEMBER";
  if (authorize === undefined) return undefined;
  return allowsNow(core, { type: "room-packet", from: sender.id, room, claims: sender.claims }) ? undefined : "FORBIDDEN";
}

const messages: Readonly<Record<string, string>> = {
  BAD_PACKET: "this is no room packet",
  FORBIDDEN: "this relay does not allow packets to this room",
  NOT_A_MEMBER: "only members may send to a room",
  RATE_LIMITED: "more packets than this relay allows",
  TOO_LARGE: "the packet is larger than this relay allows",
};

function refuse(core: Core, sender: Client, room: string, code: AnyCode): void {
  core.refused("room-packet", code, sender.id);
  sender.notify({ type: "room-refused", room, code, message: messages[code] ?? code });
}

function limit(core: Core, sender: Client, room: string): void {
  if (core.restrain(sender)) return;
  refuse(core, sender, room, "RATE_LIMITED");
}

function badPacket(core: Core, sender: Client, room: unknown): void {
  if (isRoom(room)) refuse(core, sender, room, "BAD_PACKET");
  core.malformed(sender);
}
