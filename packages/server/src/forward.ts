import type { AnyCode } from "@peerloom/core";
import { isName, isUint, WIRE } from "@peerloom/protocol";
import { encodeLean } from "@peerloom/protocol/socket-io";
import { allowsNow } from "./authorize.ts";
import type { Client, Here, Sender } from "./client.ts";
import type { Nodes } from "./cluster/nodes.ts";
import type { Core } from "./core.ts";

/** Index of the first attachment in the arguments of `p` (event, to, serial, text, …) and of `r` (event, room, next, text, …). */
export const firstAttachment = 4;

/**
 * Forwards `p`: looks at the address and the size, stamps the sender, and never into the text. This runs for every packet of every
 * client: it makes nothing it does not send. A packet that `wasMissed` was charged and kept before, for want of its receiver.
 */
export function forwardPacket(core: Core, sender: Client, packet: readonly unknown[], wasMissed = false): void {
  const to = packet[1];
  const serial = packet[2];
  const text = packet[3];
  if (typeof to !== "string" || typeof text !== "string" || !isUint(serial)) return badPacket(core, sender, to, serial);
  const bytes = sizeOfPacket(text, packet);
  if (bytes < 0 || to.length > WIRE.maxNameBytes) return badPacket(core, sender, to, serial);
  const { settings } = core;
  const target = core.registry.get(to);
  if (target === undefined && !isName(to)) return badPacket(core, sender, to, serial);
  if (!wasMissed && !sender.rates.takePacket(bytes, settings.now())) return limit(core, sender, to, serial);
  if (bytes > settings.limits.packetBytes) return refusePacket(core, sender, to, "TOO_LARGE", serial);
  if (settings.authorize !== undefined && !isAllowed(core, sender, to)) return refusePacket(core, sender, to, "FORBIDDEN", serial);
  if (to === settings.relayId) return core.local.receive(sender.id, text, packet.slice(firstAttachment), bytes);
  if (target === undefined && core.nodes !== undefined && forwardAbroad(core, core.nodes, sender, packet, wasMissed ? -1 : bytes)) return;
  const link = openLink(core, sender, target, to, serial);
  if (link === undefined) {
    if (target === undefined) sender.rates.chargeVain(settings.now());
    return;
  }
  core.counters.packets += 1;
  core.counters.bytes += bytes;
  sendPacket(link, sender.id, text, packet.length === firstAttachment ? none : packet.slice(firstAttachment));
}

const none: readonly unknown[] = [];

/** Sends a packet to a client, in the form it takes. */
export function sendPacket({ socket, line }: Here, from: string, text: string, attachments: readonly unknown[]): void {
  // Past socket.io, which would make the same of it, at greater cost.
  if (line.isLean) for (const message of encodeLean(from, undefined, text, attachments)) line.connection.write(message as RawData);
  else socket.emit("p", from, text, ...attachments);
}

type RawData = Parameters<Here["line"]["connection"]["write"]>[0];

/** Forwards a packet to who is not here; `bytes` is -1 when it was kept before. @returns false when there is no such client anywhere. */
function forwardAbroad(core: Core, { parcels }: Nodes, sender: Client, packet: readonly unknown[], bytes: number): boolean {
  const [, to, serial] = packet as [string, string, number];
  const link = core.replicas.get(to)?.link;
  if (link?.at !== "abroad") return bytes >= 0 && parcels.miss(core, sender, packet, bytes);
  if (link.state !== "here" || link.node.isLost) refusePacket(core, sender, to, "PEER_AWAY", serial);
  else if (parcels.isFull(sender, to, link.node)) refusePacket(core, sender, to, "BUSY", serial);
  else {
    core.counters.abroad += 1;
    parcels.forward(core, sender, link.node, packet);
  }
  return true;
}

/** The connection that takes a packet to `target` now; or none, and the sender was told why. */
export function openLink(core: Core, sender: Sender, target: Client | undefined, to: string, serial: number): Here | undefined {
  if (target === undefined) return refusePacket(core, sender, to, "PEER_NOT_FOUND", serial);
  const { link } = target;
  if (link.at !== "here") return refusePacket(core, sender, to, "PEER_AWAY", serial);
  if (!link.line.isSlow) return link;
  link.line.waiting = (link.line.waiting ?? new Set<Sender>()).add(sender);
  return refusePacket(core, sender, to, "BUSY", serial);
}

/** Bytes of a packet's text and attachments; -1 when an attachment is none, or there are too many. */
export function sizeOfPacket(text: string, packet: readonly unknown[]): number {
  let bytes = Buffer.byteLength(text);
  if (packet.length === firstAttachment) return bytes;
  if (packet.length > firstAttachment + WIRE.maxAttachments) return -1;
  for (let index = firstAttachment; index < packet.length; index++) {
    const attachment = packet[index];
    if (!Buffer.isBuffer(attachment)) return -1;
    bytes += attachment.length;
  }
  return bytes;
}

function refusePacket(core: Core, sender: Sender, to: string, code: AnyCode, serial: number): undefined {
  core.refused("packet", code, sender.id);
  sender.refused(to, code, serial);
}

/** Answered where it says enough to be answered, and counted. */
function badPacket(core: Core, sender: Client, to: unknown, serial: unknown): void {
  if (isName(to) && isUint(serial)) refusePacket(core, sender, to, "BAD_PACKET", serial);
  core.malformed(sender);
}

/** How many peers a client is told `ready` for; beyond that it has to try. */
const maxLimitedTo = 1024;

function limit(core: Core, sender: Client, to: string, serial: number): void {
  if (core.restrain(sender)) return;
  sender.limitedTo ??= new Set<string>();
  if (sender.limitedTo.size < maxLimitedTo) sender.limitedTo.add(to);
  core.congestion.watchRates(sender);
  refusePacket(core, sender, to, "RATE_LIMITED", serial);
}

function isAllowed(core: Core, sender: Client, to: string): boolean {
  return allowsNow(core, { type: "packet", from: sender.id, to, claims: sender.claims });
}
