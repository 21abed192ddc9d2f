import { topicRoom, type TopicName } from "@peerloom/protocol";
import type { Client } from "../client.ts";
import type { Core } from "../core.ts";
import { tellMembers } from "../room-notices.ts";
import { tellProvider } from "../service-notices.ts";
import { endPublications, tellSubscribers } from "../topic-notices.ts";
import type { Publication } from "../topics.ts";
import type { ClientState, Offer, PublishedTopic, RoomPlace } from "./messages.ts";

/** What a client of another node is in, offers and publishes becomes what its node says, and those here are told of the differences. */
export function takeHoldings(core: Core, client: Client, { rooms = [], offers = [], topics = [] }: ClientState): void {
  const inRooms = new Set(rooms.map(({ room }) => room));
  const published = new Set(topics.map(topicRoom));
  const offered = new Set(offers.map(({ service }) => service));
  for (const room of [...(client.rooms?.keys() ?? [])]) if (!inRooms.has(room)) takeLeft(core, client, room);
  for (const [room, { topic }] of [...(client.publishes ?? [])]) if (!published.has(room)) takeUnpublished(core, client, topic.name);
  for (const service of [...(client.provides?.keys() ?? [])]) if (!offered.has(service)) takeWithdrawn(core, client, service);
  for (const place of rooms) takeMember(core, client, place);
  for (const offer of offers) takeOffer(core, client, offer);
  for (const topic of topics) takePublished(core, client, topic);
}

export function takeMember(core: Core, client: Client, { room, head, metadata }: RoomPlace): void {
  const known = client.rooms?.get(room);
  if (known === undefined) return tellMembers(core, core.rooms.add(client, room, head, metadata), "join");
  if (known.head >= head && isSame(known.metadata, metadata)) return;
  known.metadata = metadata;
  if (head > known.head) core.rooms.advance(known, head);
  tellMembers(core, known, "update");
}

export function takeLeft(core: Core, client: Client, room: string): void {
  const membership = client.rooms?.get(room);
  if (membership === undefined) return;
  core.rooms.remove(membership);
  tellMembers(core, membership, "leave", "left");
}

export function takeOffer(core: Core, client: Client, { service, version, metadata, idempotent }: Offer): void {
  const { id, instance } = client;
  const known = core.services.get(service, id);
  const registration = { service, id, instance, client, version, metadata, idempotent };
  core.services.set(registration);
  const details = [version, metadata, idempotent];
  if (known !== undefined && isSame([known.version, known.metadata, known.idempotent], details)) return;
  tellProvider(core, registration, known === undefined ? "join" : "update");
}

export function takeWithdrawn(core: Core, client: Client, service: string): void {
  const registration = client.provides?.get(service);
  if (registration === undefined) return;
  core.services.remove(registration);
  endPublications(core, client, "destroyed", service);
  tellProvider(core, registration, "leave");
}

export function takePublished(core: Core, client: Client, { service, topic, head, metadata }: PublishedTopic): void {
  const entry = core.topics.open({ service, topic });
  const { id, instance } = client;
  const known = client.publishes?.get(entry.room);
  if (known !== undefined && known.head >= head && isSame(known.metadata, metadata)) return;
  const latest = Math.max(head, known?.head ?? 0);
  const publication: Publication = { topic: entry, id, instance, client, head: latest, tick: core.rooms.advanceClock(), metadata };
  core.topics.publish(publication);
  tellSubscribers(core, publication, known === undefined ? "join" : "update");
}

export function takeUnpublished(core: Core, client: Client, name: TopicName): void {
  const publication = client.publishes?.get(topicRoom(name));
  if (publication === undefined) return;
  core.topics.unpublish(publication);
  tellSubscribers(core, publication, "leave", "destroyed");
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
