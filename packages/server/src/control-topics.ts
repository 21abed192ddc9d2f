import { PeerloomError } from "@peerloom/core";
import { topicRoom, type ControlRequests } from "@peerloom/protocol";
import { mustAllow } from "./authorize.ts";
import type { Client } from "./client.ts";
import { describeTopic } from "./cluster/describe.ts";
import { refreshHeads } from "./cluster/heads.ts";
import { checkMetadataSize } from "./control-presence.ts";
import type { Core } from "./core.ts";
import { tellSubscribers, topicKey } from "./topic-notices.ts";
import { publisherOf, subscriberCount, type Publication, type Topic } from "./topics.ts";

/**
 * Publishes a topic of a service that the client provides, or says anew how far its numbers have come.
 *
 * @throws PeerloomError `FORBIDDEN` unless it provides the service, `LIMIT`, `TOO_LARGE`.
 */
export function publish(core: Core, client: Client, { service, topic, head, metadata }: ControlRequests["publish"]): object {
  checkMetadataSize(core, metadata);
  if (client.provides?.has(service) !== true)
    throw new PeerloomError("FORBIDDEN", `only who provides ${JSON.stringify(service)} may publish its topics`);
  const known = client.publishes?.get(topicRoom({ service, topic }));
  const { topicsPerClient } = core.settings.limits;
  if (known === undefined && (client.publishes?.size ?? 0) >= topicsPerClient)
    throw new PeerloomError("LIMIT", `a client may publish ${topicsPerClient} topics`);
  const entry = core.topics.open({ service, topic });
  const { id, instance } = client;
  const publication: Publication = { topic: entry, id, instance, client, head, tick: core.rooms.advanceClock(), metadata };
  core.topics.publish(publication);
  const isSame = known?.head === head && JSON.stringify(known.metadata) === JSON.stringify(metadata);
  if (!isSame) {
    core.tellNodes({ type: "published", id, topic: describeTopic(publication) });
    tellSubscribers(core, publication, known === undefined ? "join" : "update");
  }
  return { key: topicKey(core, entry), subscribers: subscriberCount(entry) };
}

export function unpublish(core: Core, client: Client, name: ControlRequests["unpublish"]): object {
  const publication = client.publishes?.get(topicRoom(name));
  if (publication === undefined) return {};
  core.topics.unpublish(publication);
  core.tellNodes({ type: "unpublished", id: client.id, ...publication.topic.name });
  tellSubscribers(core, publication, "leave", "destroyed");
  return {};
}

/**
 * Subscribes to a topic, whether anybody publishes it or not. The answer names its publishers; subscribers are told to nobody.
 *
 * @throws PeerloomError `FORBIDDEN`, `LIMIT`, `ABORTED` when the client unsubscribed meanwhile.
 */
export function subscribe(core: Core, client: Client, request: ControlRequests["subscribe"]): object | Promise<object> {
  checkLimits(core, client, request);
  if (core.settings.authorize === undefined) return enter(core, client, request);
  return enterWhenAllowed(core, client, request);
}

async function enterWhenAllowed(core: Core, client: Client, request: ControlRequests["subscribe"]): Promise<object> {
  const { service, topic } = request;
  const room = topicRoom(request);
  const ticket = Symbol(room);
  const subscribing = (client.subscribing ??= new Map<string, symbol>());
  subscribing.set(room, ticket);
  try {
    await mustAllow(core, { type: "subscribe", from: client.id, service, topic, claims: client.claims });
    if (subscribing.get(room) !== ticket || client.link.at === "gone")
      throw new PeerloomError("ABORTED", "the topic was unsubscribed meanwhile");
    checkLimits(core, client, request);
    return enter(core, client, request);
  } finally {
    if (subscribing.get(room) === ticket) subscribing.delete(room);
  }
}

function checkLimits(core: Core, client: Client, name: ControlRequests["subscribe"]): void {
  const room = topicRoom(name);
  if (client.subscribes?.has(room)) return;
  const { topicsPerClient, subscribersPerTopic } = core.settings.limits;
  const waiting = (client.subscribing?.size ?? 0) - (client.subscribing?.has(room) ? 1 : 0);
  if ((client.subscribes?.size ?? 0) + waiting >= topicsPerClient)
    throw new PeerloomError("LIMIT", `a client may subscribe to ${topicsPerClient} topics`);
  if ((core.topics.get(room)?.subscribers.size ?? 0) >= subscribersPerTopic)
    throw new PeerloomError("LIMIT", `a topic may have ${subscribersPerTopic} subscribers`);
}

function enter(core: Core, client: Client, name: ControlRequests["subscribe"]): object | Promise<object> {
  const topic = core.topics.open({ service: name.service, topic: name.topic });
  if (!topic.subscribers.has(client)) {
    core.topics.subscribe(topic, client);
    core.subscriberCounts.changed(topic);
  }
  const refreshed = refreshHeads(core, topic);
  if (refreshed === undefined) return admitTo(core, client, topic);
  return refreshed.then(() => {
    if (client.subscribes?.get(topic.room) !== topic) throw new PeerloomError("ABORTED", "the topic was unsubscribed meanwhile");
    return admitTo(core, client, topic);
  });
}

/** From now on the subscriber hears the topic; how far its publishers have come until now is in the answer. */
function admitTo(core: Core, client: Client, topic: Topic): object {
  if (client.link.at === "here") core.background(client.link.socket.join(topic.key));
  const others = [...topic.publishers.values()].filter((publication) => publication.client !== client);
  return { key: topicKey(core, topic), publishers: others.map(publisherOf) };
}

export function unsubscribe(core: Core, client: Client, name: ControlRequests["unsubscribe"]): object {
  const room = topicRoom(name);
  client.subscribing?.delete(room);
  const topic = client.subscribes?.get(room);
  if (topic === undefined) return {};
  if (client.link.at === "here") core.background(client.link.socket.leave(topic.key));
  core.topics.unsubscribe(topic, client);
  core.subscriberCounts.changed(topic);
  return {};
}
