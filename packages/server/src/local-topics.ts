import { createDefer, PeerloomError } from "@peerloom/core";
import type { TopicName } from "@peerloom/protocol";
import { Topics, defaultRoomLimits, REPLAY_REQUEST, START_REQUEST, type Endpoint, type TopicHost } from "@peerloom/session";
import type { Core } from "./core.ts";
import { publishLocally } from "./publish-topic.ts";
import { tellSubscribers, topicKey } from "./topic-notices.ts";
import { publisherOf, publishersHere, subscribersHere } from "./topics.ts";

/** The topics that the relay itself publishes and subscribes to. */
export function createLocalTopics(core: Core, endpoint: Endpoint, isProviding: (service: string) => boolean): Topics {
  const { relayId, limits } = core.settings;
  const topics = new Topics({ host: hostOf(core, endpoint), limits: defaultRoomLimits, id: () => relayId, isProviding });
  endpoint.handleInternal(REPLAY_REQUEST, (args) => topics.replay(args));
  endpoint.handleInternal(START_REQUEST, (args) => topics.start(args));
  topics.connected(limits.packetBytes);
  return topics;
}

function hostOf(core: Core, endpoint: Endpoint): TopicHost {
  const { relayId, sessionTimeoutMs } = core.settings;
  const { instance } = endpoint;
  return {
    instance,
    defer: createDefer(),
    sessionTimeoutMs,
    send: (room, next, packet) => publishLocally(core, room, next, packet),
    publish: async (name, head, metadata, onReply) => {
      const topic = core.topics.open(name);
      const publication = { topic, id: relayId, instance, client: undefined, head, tick: core.rooms.advanceClock(), metadata };
      core.topics.publish(publication);
      tellSubscribers(core, publication, "join");
      onReply({ key: topicKey(core, topic), subscribers: subscribersHere(topic) });
    },
    unpublish: async (name) => unpublish(core, name),
    subscribe: async (name, onReply) => {
      const topic = core.topics.open(name);
      topic.hasLocal = true;
      core.subscriberCounts.changed(topic);
      onReply({ key: topicKey(core, topic), publishers: publishersHere(topic).map(publisherOf) });
    },
    unsubscribe: async (name) => {
      const topic = core.topics.open(name);
      topic.hasLocal = false;
      core.subscriberCounts.changed(topic);
      core.topics.tidy(topic);
    },
    ask: (to, request, args, signal) => endpoint.requestInternal(to, request, args, { signal }),
    failed: ({ error }) => core.failed(error),
    undeliverable: (_room, count, error) =>
      core.failed(new PeerloomError(error.code, `${count} events of a topic were not sent`, { cause: error })),
    malformed: () => {
      core.counters.malformed += 1;
    },
  };
}

function unpublish(core: Core, name: TopicName): void {
  const topic = core.topics.open(name);
  const publication = topic.publishers.get(core.settings.relayId);
  if (publication === undefined) return core.topics.tidy(topic);
  core.topics.unpublish(publication);
  tellSubscribers(core, publication, "leave", "destroyed");
}
