import type { Socket } from "socket.io";
import type { Client } from "./client.ts";
import { describeClient } from "./cluster/describe.ts";
import { refreshHeads } from "./cluster/heads.ts";
import type { Core } from "./core.ts";
import type { GoneReason } from "./registry.ts";
import { resumeSecret } from "./resume.ts";
import { forgetServiceWatches, watchedRooms } from "./service-notices.ts";
import { unsubscribeAll } from "./topic-notices.ts";

/** A client has a socket: its first, or, when it is resumed, a new one. */
export function onHere(core: Core, client: Client, isResumed: boolean): void {
  if (client.link.at !== "here") return;
  const { socket, line } = client.link;
  line.client = client;
  line.owner = core;
  // The request that opened the socket has been looked at; it would take 2 KB for as long as the client stays.
  if (core.common.ownsConnections) Reflect.set(socket.conn, "request", null);
  line.missedSince = core.rooms.tick;
  core.counters.connections += 1;
  welcome(core, client);
  if (line.isSlow) core.slow(line);
  const rooms = [...(client.rooms?.values() ?? [])].map(({ room }) => room.key);
  const topics = [...(client.subscribes?.values() ?? [])].map(({ key }) => key);
  const all = [...rooms, ...topics, ...watchedRooms(core, client)];
  if (all.length > 0) core.background(socket.join(all));
  tellNodes(core, client, isResumed);
  core.tellState(client);
  const { id: clientId, instance, claims, metadata } = client;
  core.announce("connection", () => ({ ...stamp(core), clientId, instance, isResumed, claims, metadata }));
}

function welcome(core: Core, client: Client): void {
  const { secret, relayId, sessionTimeoutMs, limits } = core.settings;
  const { id: clientId, instance, metadata } = client;
  const resume = resumeSecret({ key: secret, tenant: core.tenant, id: clientId, instance });
  client.emit("welcome", {
    clientId,
    resume,
    relayId,
    sessionTimeoutMs,
    maxPacketBytes: limits.packetBytes,
    ...(metadata !== undefined && { metadata }),
    ...(client.link.at === "here" && client.link.line.isLean && { lean: true }),
  });
}

function tellNodes(core: Core, client: Client, isResumed: boolean): void {
  const { nodes } = core;
  if (nodes === undefined) return;
  const { id, metadata } = client;
  if (isResumed) core.tellNodes({ type: "state", id, state: "here", ...(metadata !== undefined && { metadata }) });
  else nodes.tell({ type: "client", client: describeClient(core, client) });
  nodes.note(core, client, "here");
  for (const name of client.rooms?.keys() ?? []) core.background(refreshHeads(core, core.rooms.get(name)));
}

/** A client lost its socket and is expected back. */
export function onAway(core: Core, client: Client): void {
  core.congestion.forgetRates(client);
  client.limitedTo = undefined;
  core.tellNodes({ type: "state", id: client.id, state: "away", ...(client.metadata !== undefined && { metadata: client.metadata }) });
  core.nodes?.note(core, client, "away");
  core.tellState(client);
  core.announce("away", () => ({ ...stamp(core), clientId: client.id }));
}

export function onGone(core: Core, client: Client, reason: GoneReason): void {
  endInterests(core, client);
  core.tellNodes({ type: "gone", id: client.id, reason });
  core.nodes?.note(core, client, "gone");
  core.forget(client, reason);
  if (client.isAnnounced) core.announce("gone", () => ({ ...stamp(core), clientId: client.id, reason }));
}

/** Another node has the client now: it is in its rooms and offers its services from there. */
export function onLeft(core: Core, client: Client): void {
  endInterests(core, client);
  unsubscribeAll(core, client);
  forgetServiceWatches(client);
  if (core.watches.count(client.id) > 0 && core.local.isWatching(client.id))
    core.local.presence({ id: client.id, state: "gone", instance: client.instance, reason: "closed" });
  core.announce("away", () => ({ ...stamp(core), clientId: client.id }));
}

function endInterests(core: Core, client: Client): void {
  core.congestion.forgetRates(client);
  client.limitedTo = undefined;
  for (const id of client.watching ?? []) core.watches.remove(client, id);
  client.watching = undefined;
  client.joining = undefined;
}

/** A socket must be closed because another took its place; one that is still in socket.io's handshake is closed when it comes out of it. */
export function supersede(core: Core, socket: Socket): void {
  if (!socket.connected) return;
  core.common.closeSocket(socket, "CLIENT_ID_REPLACED", "this client id is now used by another connection");
}

/** What events of a tenant carry besides. */
function stamp({ tenant }: Core): { readonly tenant?: string } {
  return tenant === undefined ? {} : { tenant };
}
