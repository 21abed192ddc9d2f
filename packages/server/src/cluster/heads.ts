import { isName, isRoom, parseShape, type Shape } from "@peerloom/protocol";
import type { Client } from "../client.ts";
import type { Core } from "../core.ts";
import { tellMembers } from "../room-notices.ts";
import type { Room } from "../rooms.ts";
import { tellSubscribers } from "../topic-notices.ts";
import type { Topic } from "../topics.ts";
import { areHeads, type Head } from "./messages.ts";
import type { Nodes } from "./nodes.ts";
import type { RemoteNode } from "./remote-node.ts";

/** How long a node may take to say how far its publishers have come, in milliseconds. */
const timeoutMs = 2000;

interface HeadsBody {
  readonly tenant?: string | undefined;
  readonly room: string;
}
const shape: Shape<HeadsBody> = { tenant: { optional: isName }, room: isRoom };

/**
 * Asks how far those who publish to a room, or a topic, from other nodes have come: while nobody here was in it, their packets did not come here.
 * Resolves when all have answered, or were given up.
 */
async function askHeads(nodes: Nodes, core: Core, room: string): Promise<void> {
  const sources = new Set<string>();
  for (const { link } of publishersOf(core, room)) if (link.at === "abroad" && !link.node.isLost) sources.add(link.node.id);
  const body: HeadsBody = { room, ...(core.tenant !== undefined && { tenant: core.tenant }) };
  const ask = async (node: string): Promise<void> => {
    try {
      const heads = await nodes.questions.ask(node, "heads", body, timeoutMs);
      if (areHeads(heads)) takeHeads(core, room, heads);
    } catch {
      // A node that does not answer is as good as lost; what its publishers send next tells where they are.
    }
  };
  await Promise.all([...sources].map(ask));
}

/**
 * Asks for the heads of a room or a topic that has become of interest here, unless it was before: others here who are in it have heard all packets.
 * Resolves when its heads can be told.
 */
export function refreshHeads(core: Core, target: Room | Topic | undefined): Promise<void> | undefined {
  const { nodes } = core;
  if (nodes === undefined || target === undefined || nodes.state !== "up") return undefined;
  if (target.asking !== undefined || peopleHere(target) > 1) return target.asking;
  const asking = askHeads(nodes, core, "room" in target ? target.room : target.name).finally(() => {
    if (target.asking === asking) target.asking = undefined;
  });
  return (target.asking = asking);
}

/** Members, or subscribers, that this node has. */
function peopleHere(target: Room | Topic): number {
  if ("subscribers" in target) return target.subscribers.size;
  let here = target.members.size;
  for (const there of target.abroad?.values() ?? []) here -= there;
  return here;
}

/** The same from the other side: how far the publishers of this node have come. */
export function answerHeads(nodes: Nodes, body: unknown): Head[] {
  const asked = parseShape(body, shape);
  const core = asked && nodes.spaces.find(asked.tenant);
  if (asked === undefined || core === undefined) return [];
  return headsHere(core, asked.room);
}

/** Tells a node for which packets were left out how far their senders have come: members there ask these for what they missed. */
export function tellHeads(nodes: Nodes, node: RemoteNode): void {
  for (const core of nodes.spaces.cores()) {
    const rooms = [...core.rooms.values()].map(({ name, abroad }) => ({ room: name, abroad }));
    for (const { room, abroad } of [...rooms, ...core.topics.values()]) {
      const heads = abroad?.has(node) ? headsHere(core, room) : [];
      if (heads.length > 0) nodes.send(node.id, { type: "heads", ...(core.tenant !== undefined && { tenant: core.tenant }), room, heads });
    }
  }
}

/** How far publishers on other nodes have come, as their nodes say. */
export function takeHeads(core: Core, room: string, heads: readonly Head[]): void {
  for (const [id, head] of heads) raise(core, room, id, head);
}

function headsHere(core: Core, room: string): Head[] {
  const heads: Head[] = [];
  for (const client of publishersOf(core, room)) {
    const place = placeOf(client, room);
    if (client.link.at !== "abroad" && place !== undefined) heads.push([client.id, place.head]);
  }
  return heads;
}

function raise(core: Core, room: string, id: string, head: number): void {
  const client = core.replicas.get(id);
  const place = client && placeOf(client, room);
  if (place === undefined || place.head >= head) return;
  place.head = head;
  place.tick = core.rooms.advanceClock();
  if ("topic" in place) tellSubscribers(core, place, "update");
  else tellMembers(core, place, "update");
}

function* publishersOf(core: Core, room: string): Generator<Client> {
  const target: Topic | Room | undefined = core.topics.get(room) ?? core.rooms.get(room);
  const places = target === undefined ? [] : "publishers" in target ? target.publishers.values() : target.members.values();
  for (const { client } of places) if (client !== undefined) yield client;
}

function placeOf(client: Client, room: string) {
  return client.publishes?.get(room) ?? client.rooms?.get(room);
}
