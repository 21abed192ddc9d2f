import type { Client } from "../client.ts";
import type { Core } from "../core.ts";
import type { Membership } from "../rooms.ts";
import type { Registration } from "../service-registry.ts";
import type { Publication } from "../topics.ts";
import type { ClientState, Offer, PublishedTopic, RoomPlace } from "./messages.ts";

/** A client of this node, as it is told to the others. */
export function describeClient({ tenant }: Core, client: Client): ClientState {
  const { id, instance, fence, state, metadata, rooms, provides, publishes } = client;
  return {
    ...(tenant !== undefined && { tenant }),
    id,
    instance,
    fence,
    state,
    ...(metadata !== undefined && { metadata }),
    ...(rooms !== undefined && rooms.size > 0 && { rooms: [...rooms.values()].map(describePlace) }),
    ...(provides !== undefined && provides.size > 0 && { offers: [...provides.values()].map(describeOffer) }),
    ...(publishes !== undefined && publishes.size > 0 && { topics: [...publishes.values()].map(describeTopic) }),
  };
}

export function describePlace({ room, head, metadata }: Membership): RoomPlace {
  return { room: room.name, head, ...(metadata !== undefined && { metadata }) };
}

export function describeOffer({ service, version, metadata, idempotent }: Registration): Offer {
  return {
    service,
    ...(version !== undefined && { version }),
    ...(metadata !== undefined && { metadata }),
    ...(idempotent !== undefined && { idempotent }),
  };
}

export function describeTopic({ topic: { name }, head, metadata }: Publication): PublishedTopic {
  return { service: name.service, topic: name.topic, head, ...(metadata !== undefined && { metadata }) };
}
