import type { Core } from "../core.ts";
import { takeHeads } from "./heads.ts";
import { takeLeft, takeMember, takeOffer, takePublished, takeUnpublished, takeWithdrawn } from "./holdings.ts";
import type { ClientMessage, ClientState, NodeMessage, NodeMessages, TopicCount } from "./messages.ts";
import type { Nodes } from "./nodes.ts";
import type { RemoteNode } from "./remote-node.ts";

/** Does here what another node says: its clients are its own to tell of, and nobody else's. */
export function applyMessage(nodes: Nodes, node: RemoteNode, message: NodeMessage): void {
  switch (message.type) {
    case "hello":
      return;
    case "leaving":
      return nodes.bury(node.id);
    case "client":
      return putClient(nodes, node, message.client);
    case "subscribers":
      return countSubscribers(nodes, node, message);
    case "heads": {
      const core = nodes.spaces.find(message.tenant);
      return core && takeHeads(core, message.room, message.heads);
    }
    case "listening":
      return void (message.isOn ? node.keys.add(message.key) : node.keys.delete(message.key));
    case "snapshot-wanted":
      return nodes.sendSnapshot(node.id);
    case "snapshot":
      return takeSnapshot(nodes, node, message);
    case "ask":
      return nodes.common.background(nodes.questions.asked(node.id, message.call, message.question, message.body));
    case "answer":
      return nodes.questions.answered(node.id, message.call, message.reply);
    case "state":
    case "gone":
    case "member":
    case "left":
    case "offer":
    case "withdrawn":
    case "published":
    case "unpublished":
      return applyToClient(nodes, node, message);
    default:
      return message satisfies never;
  }
}

function applyToClient(nodes: Nodes, node: RemoteNode, message: ClientMessage): void {
  const core = nodes.spaces.find(message.tenant);
  const client = core?.replicas.of(node, message.id);
  if (core === undefined || client === undefined) return;
  switch (message.type) {
    case "state": {
      const isSame = JSON.stringify(client.metadata) === JSON.stringify(message.metadata);
      client.metadata = message.metadata;
      if (message.state !== client.state) core.replicas.turn(client, message.state);
      else if (!isSame) core.tellPresence(client);
      return;
    }
    case "gone":
      return core.replicas.remove(client, message.reason);
    case "member":
      return takeMember(core, client, message.place);
    case "left":
      return takeLeft(core, client, message.room);
    case "offer":
      return takeOffer(core, client, message.offer);
    case "withdrawn":
      return takeWithdrawn(core, client, message.service);
    case "published":
      return takePublished(core, client, message.topic);
    case "unpublished":
      return takeUnpublished(core, client, { service: message.service, topic: message.topic });
    default:
      return message satisfies never;
  }
}

function putClient(nodes: Nodes, node: RemoteNode, state: ClientState): void {
  const core = nodes.spaces.hold(state.tenant);
  try {
    const client = core.replicas.put(node, state);
    if (client !== undefined) node.named?.add(client);
  } finally {
    nodes.spaces.release(core);
  }
}

function countSubscribers(nodes: Nodes, node: RemoteNode, { tenant, service, topic, count }: TopicCount): void {
  const core: Core = nodes.spaces.hold(tenant);
  try {
    const entry = core.topics.open({ service, topic });
    core.setAbroad(entry, node, count);
    if (count > 0) node.topics.set(entry, core);
    else node.topics.delete(entry);
  } finally {
    nodes.spaces.release(core);
  }
}

function takeSnapshot(nodes: Nodes, node: RemoteNode, snapshot: NodeMessages["snapshot"]): void {
  if (snapshot.isFirst) {
    node.named = new Set();
    nodes.forgetInterest(node);
    for (const key of snapshot.keys) node.keys.add(key);
  }
  for (const client of snapshot.clients) putClient(nodes, node, client);
  for (const count of snapshot.topics) countSubscribers(nodes, node, count);
  const { named } = node;
  if (!snapshot.isLast || named === undefined) return;
  node.named = undefined;
  node.askedAt = undefined;
  node.expected = snapshot.sent;
  for (const [client, core] of [...node.clients]) if (!named.has(client)) core.replicas.remove(client, "closed");
}
