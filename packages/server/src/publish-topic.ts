import type { AnyCode, Packet } from "@peerloom/core";
import type { Client } from "./client.ts";
import { SLOW_ROOM, type Core } from "./core.ts";
import { firstAttachment } from "./forward.ts";
import type { Publication, Topic } from "./topics.ts";

/** Sends `r` to a topic's subscribers, once into socket.io. @returns why not: only publishers may, and none larger than allowed. */
export function publishTopic(core: Core, sender: Client, topic: Topic, packet: readonly unknown[], bytes: number): AnyCode | undefined {
  const publication = topic.publishers.get(sender.id);
  if (publication === undefined || publication.client !== sender) return "NOT_A_MEMBER";
  if (bytes > core.settings.limits.packetBytes) return "TOO_LARGE";
  if (sender.link.at !== "here") return undefined;
  const next = packet[2] as number;
  const text = packet[3] as string;
  note(core, publication, next, bytes);
  sender.link.socket
    .to(topic.key)
    .except(SLOW_ROOM)
    .emit("r", topic.room, sender.id, next, text, ...packet.slice(firstAttachment));
  if (topic.hasLocal) core.local.topics.receive(topic.room, sender.id, next, text, packet.slice(firstAttachment));
  return undefined;
}

/** The same for what the relay itself publishes. */
export function publishLocally(core: Core, room: string, next: number, { text, attachments }: Packet): boolean {
  const topic = core.topics.get(room);
  const publication = topic?.publishers.get(core.settings.relayId);
  if (topic === undefined || publication === undefined) return false;
  const bytes = attachments.reduce((sum, { length }) => sum + length, Buffer.byteLength(text));
  note(core, publication, next, bytes);
  core.namespace
    .to(topic.key)
    .except(SLOW_ROOM)
    .emit("r", room, publication.id, next, text, ...attachments);
  return true;
}

function note(core: Core, publication: Publication, next: number, bytes: number): void {
  if (next > publication.head) {
    publication.head = next;
    publication.tick = core.rooms.advanceClock();
  }
  core.counters.roomPackets += 1;
  core.counters.roomBytes += bytes;
}
