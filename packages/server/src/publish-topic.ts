import type { AnyCode, Packet } from "@peerloom/core";
import type { Client } from "./client.ts";
import type { Core } from "./core.ts";
import { gather } from "./gather.ts";
import { SLOW_ROOM } from "./line.ts";
import type { Topic } from "./topics.ts";

/** Sends a packet to a topic's subscribers. @returns why not: only publishers may, and none larger than allowed. */
export function publishTopic(core: Core, sender: Client, topic: Topic, packet: readonly unknown[], bytes: number): AnyCode | undefined {
  const publication = topic.publishers.get(sender.id);
  if (publication === undefined || publication.client !== sender) return "NOT_A_MEMBER";
  if (bytes > core.settings.limits.packetBytes) return "TOO_LARGE";
  const { room, key } = topic;
  core.counters.roomPackets += 1;
  core.counters.roomBytes += bytes;
  gather(core, sender, { room, key, place: publication }, packet, bytes);
  return undefined;
}

/** The same for what the relay itself publishes. */
export function publishLocally(core: Core, room: string, next: number, { text, attachments }: Packet): boolean {
  const topic = core.topics.get(room);
  const publication = topic?.publishers.get(core.settings.relayId);
  if (topic === undefined || publication === undefined) return false;
  const bytes = attachments.reduce((sum, { length }) => sum + length, Buffer.byteLength(text));
  if (next > publication.head) {
    publication.head = next;
    publication.tick = core.rooms.advanceClock();
  }
  core.counters.roomPackets += 1;
  core.counters.roomBytes += bytes;
  core.namespace.local
    .to(topic.key)
    .except(SLOW_ROOM)
    .emit("r", room, publication.id, next, text, ...attachments);
  return true;
}
