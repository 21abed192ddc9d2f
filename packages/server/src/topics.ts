import { topicRoom, type Member, type Metadata, type TopicName } from "@peerloom/protocol";
import type { Client } from "./client.ts";
import type { RemoteNode } from "./cluster/remote-node.ts";
import type { Keys } from "./keys.ts";

/** Somebody who publishes a topic. */
export interface Publication {
  readonly topic: Topic;
  readonly id: string;
  readonly instance: string;
  /** Undefined when it is the relay itself. */
  readonly client: Client | undefined;
  /** Number of its next frame, as far as the relay knows. */
  head: number;
  /** The rooms' clock when `head` last moved. */
  tick: number;
  metadata: Metadata | undefined;
}

/** A topic exists while somebody publishes it or subscribes to it. */
export interface Topic {
  readonly name: TopicName;
  readonly room: string;
  /** socket.io's name of the room of its subscribers. */
  readonly key: string;
  readonly publishers: Map<string, Publication>;
  readonly subscribers: Set<Client>;
  /** Whether the relay itself subscribes. */
  hasLocal: boolean;
  /** Nodes on which others subscribe, and how many there; made when the first does. */
  abroad: Map<RemoteNode, number> | undefined;
  /** How many subscribers here the other nodes were told of. */
  told: number;
  /** Resolves when it is known how far the publishers on other nodes have come. */
  asking: Promise<void> | undefined;
}

/** Who publishes which topic, and who subscribes. Knows no sockets. */
export class TopicTable {
  readonly #keys: Keys;
  readonly #topics = new Map<string, Topic>();

  constructor(keys: Keys) {
    this.#keys = keys;
  }

  get size(): number {
    return this.#topics.size;
  }

  get(room: string): Topic | undefined {
    return this.#topics.get(room);
  }

  values(): IterableIterator<Topic> {
    return this.#topics.values();
  }

  /** The topic of this name, made when there is none; `tidy` it when nothing comes of it. */
  open(name: TopicName): Topic {
    const room = topicRoom(name);
    const known = this.#topics.get(room);
    if (known !== undefined) return known;
    const topic: Topic = {
      name,
      room,
      key: this.#keys.topic(room),
      publishers: new Map(),
      subscribers: new Set(),
      hasLocal: false,
      abroad: undefined,
      told: 0,
      asking: undefined,
    };
    this.#topics.set(room, topic);
    return topic;
  }

  publish(publication: Publication): void {
    const { topic, id, client } = publication;
    topic.publishers.set(id, publication);
    if (client !== undefined) client.publishes = (client.publishes ?? new Map<string, Publication>()).set(topic.room, publication);
  }

  unpublish({ topic, id, client }: Publication): void {
    topic.publishers.delete(id);
    client?.publishes?.delete(topic.room);
    this.tidy(topic);
  }

  subscribe(topic: Topic, client: Client): void {
    topic.subscribers.add(client);
    client.subscribes = (client.subscribes ?? new Map<string, Topic>()).set(topic.room, topic);
  }

  unsubscribe(topic: Topic, client: Client): void {
    topic.subscribers.delete(client);
    client.subscribes?.delete(topic.room);
    this.tidy(topic);
  }

  /** Forgets a topic that nobody has to do with any more. */
  tidy({ room, publishers, subscribers, hasLocal, abroad }: Topic): void {
    const isUsed = publishers.size > 0 || subscribers.size > 0 || hasLocal || (abroad !== undefined && abroad.size > 0);
    if (!isUsed) this.#topics.delete(room);
  }

  clear(): void {
    this.#topics.clear();
  }
}

/** How subscribers see a publisher: as the only kind of member a topic's room has. */
export function publisherOf({ id, instance, client, head, metadata }: Publication): Member {
  return { id, instance, state: client?.state ?? "here", head, ...(metadata !== undefined && { metadata }) };
}

/** Those who publish from this node: the relay itself has to do with no others. */
export function publishersHere({ publishers }: Topic): Publication[] {
  return [...publishers.values()].filter(({ client }) => client?.link.at !== "abroad");
}

/** How many subscribe on this node: those of a topic that the relay itself publishes. */
export function subscribersHere({ subscribers, hasLocal }: Topic): number {
  return subscribers.size + (hasLocal ? 1 : 0);
}

/** How many subscribe, on all nodes. */
export function subscriberCount(topic: Topic): number {
  let count = subscribersHere(topic);
  for (const there of topic.abroad?.values() ?? []) count += there;
  return count;
}

/** The publishers, other than the client itself, of its topics whose head moved after `since`. */
export function publishedSince(client: Client, since: number): Publication[] {
  const found: Publication[] = [];
  for (const { publishers } of client.subscribes?.values() ?? []) {
    for (const publication of publishers.values()) if (publication.client !== client && publication.tick > since) found.push(publication);
  }
  return found;
}
