import { createHmac } from "node:crypto";
import type { Notices } from "@peerloom/protocol";
import type { Client } from "./client.ts";
import type { Core } from "./core.ts";
import { publisherOf, subscriberCount, subscribersHere, type Publication, type Topic } from "./topics.ts";

/** How long changes of a topic's number of subscribers are collected, in milliseconds. */
const countDelayMs = 50;

/** What proves to a topic's publisher that a subscriber was let in. */
export function topicKey(core: Core, { room }: Topic): string {
  const text = core.tenant === undefined ? `topic\n${room}` : `topic\n${core.tenant}\n${room}`;
  return createHmac("sha256", core.settings.secret).update(text).digest("base64url");
}

/** Tells a topic's subscribers about one of its publishers. */
export function tellSubscribers(core: Core, publication: Publication, change: "join" | "update" | "leave", reason?: string): void {
  const { topic, client } = publication;
  const notice: Notices["member"] = { room: topic.room, change, member: publisherOf(publication), ...(reason !== undefined && { reason }) };
  const others = client?.link.at === "here" ? client.link.socket.local.to(topic.key) : core.namespace.local.to(topic.key);
  core.guard(() => others.emit("notify", { type: "member", ...notice }));
  if (topic.hasLocal && client !== undefined && client.link.at !== "abroad") core.local.topics.memberNotice(notice);
  if (client !== undefined) core.charge(client, topic.subscribers.size);
}

/** Ends what a client publishes: all of it, or the topics of one service. */
export function endPublications(core: Core, client: Client, reason: string, service?: string): void {
  for (const publication of [...(client.publishes?.values() ?? [])]) {
    if (service !== undefined && publication.topic.name.service !== service) continue;
    core.topics.unpublish(publication);
    tellSubscribers(core, publication, "leave", reason);
  }
}

/** Takes a client that is gone out of all topics. */
export function leaveTopics(core: Core, client: Client, reason: string): void {
  endPublications(core, client, reason);
  unsubscribeAll(core, client);
}

/** Ends what a client subscribes to. */
export function unsubscribeAll(core: Core, client: Client): void {
  client.subscribing = undefined;
  for (const topic of [...(client.subscribes?.values() ?? [])]) {
    core.topics.unsubscribe(topic, client);
    core.subscriberCounts.changed(topic);
  }
}

/** Tells the subscribers of all that a client publishes that it is here again, or away. */
export function tellTopics(core: Core, client: Client): void {
  for (const publication of client.publishes?.values() ?? []) tellSubscribers(core, publication, "update");
}

/** Tells publishers how many subscribe: not each change, but what a moment's changes have come to. */
export class SubscriberCounts {
  readonly #core: Core;
  readonly #changed = new Set<Topic>();
  #timer: NodeJS.Timeout | undefined;

  constructor(core: Core) {
    this.#core = core;
  }

  changed(topic: Topic): void {
    // The first is told at once, so that nothing that is published elsewhere from now on is missed.
    if (topic.told === 0) this.#tellNodes(topic);
    if (topic.publishers.size === 0 && topic.told === topic.subscribers.size) return;
    this.#changed.add(topic);
    this.#timer ??= setTimeout(() => this.#core.guard(() => this.#tell()), countDelayMs).unref();
  }

  #tellNodes(topic: Topic): void {
    const count = topic.subscribers.size;
    const { tenant, nodes } = this.#core;
    if (nodes === undefined || topic.told === count) return;
    topic.told = count;
    nodes.tell({ type: "subscribers", ...(tenant !== undefined && { tenant }), ...topic.name, count });
  }

  clear(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#changed.clear();
  }

  #tell(): void {
    const changed = [...this.#changed];
    this.clear();
    for (const topic of changed) {
      this.#tellNodes(topic);
      const notice = { ...topic.name, count: subscriberCount(topic) };
      for (const { client } of topic.publishers.values()) {
        if (client === undefined) this.#core.local.topics.subscribersNotice({ ...topic.name, count: subscribersHere(topic) });
        else client.notify({ type: "subscribers", ...notice });
      }
    }
  }
}
