import type { Common } from "../common.ts";
import { describeClient } from "./describe.ts";
import { isSignalKey } from "./keys.ts";
import type { ClientState, NodeMessage, TopicCount } from "./messages.ts";
import type { Spaces } from "./nodes.ts";

/** Clients in one part of a snapshot. */
const partClients = 250;

/** All that other nodes have to know of this one, after its broadcast `sent`; in parts. */
export function takeSnapshot(common: Common, spaces: Spaces, sent: number): NodeMessage[] {
  const clients = describeClients(spaces);
  const parts: NodeMessage[] = [];
  const count = Math.max(1, Math.ceil(clients.length / partClients));
  for (let part = 0; part < count; part++) {
    const [isFirst, isLast] = [part === 0, part === count - 1];
    parts.push({
      type: "snapshot",
      sent,
      isFirst,
      isLast,
      clients: clients.slice(part * partClients, (part + 1) * partClients),
      topics: isLast ? describeTopics(spaces) : [],
      keys: isFirst ? signalKeys(common) : [],
    });
  }
  return parts;
}

/** The clients of this node. */
export function describeClients(spaces: Spaces): ClientState[] {
  const clients: ClientState[] = [];
  for (const core of spaces.cores())
    for (const client of core.registry.values()) if (client.isAnnounced) clients.push(describeClient(core, client));
  return clients;
}

/** How many subscribe to which topics on this node, which is told by that. */
export function describeTopics(spaces: Spaces): TopicCount[] {
  const counts: TopicCount[] = [];
  for (const { tenant, topics } of spaces.cores()) {
    for (const topic of topics.values()) {
      const count = topic.subscribers.size;
      topic.told = count;
      const { service, topic: name } = topic.name;
      if (count > 0) counts.push({ ...(tenant !== undefined && { tenant }), service, topic: name, count });
    }
  }
  return counts;
}

/** socket.io's rooms in which somebody listens for signals. */
export function signalKeys({ namespace }: Common): string[] {
  return [...namespace.adapter.rooms.keys()].filter(isSignalKey);
}
