import { PeerloomError } from "@peerloom/core";
import type { Socket } from "socket.io";
import { allowsNow, mustAllow } from "../authorize.ts";
import type { Client } from "../client.ts";
import type { Core } from "../core.ts";
import { SLOW_ROOM } from "../line.ts";
import type { SignalingLimits } from "./limits.ts";

/** Where a socket keeps the addresses it is subscribed to. One that is gone takes them with it; one that never signals has none. */
const key = Symbol("peerloom signaling");

/**
 * Subscribes a client's socket to an address, until it unsubscribes or is disconnected. Again is no error.
 *
 * @throws PeerloomError `FORBIDDEN`, `LIMIT`, `ABORTED` when it is undone meanwhile.
 */
export async function subscribe(core: Core, client: Client, socket: Socket, address: string, limits: SignalingLimits): Promise<object> {
  const addresses = addressesOf(socket) ?? new Set<string>();
  if (!addresses.has(address)) {
    checkLimits(core, addresses, address, limits);
    Reflect.set(socket.data as object, key, addresses.add(address));
    try {
      await mustAllow(core, { type: "signal-subscribe", from: client.id, address, claims: client.claims });
      if (!addresses.has(address) || !socket.connected) throw new PeerloomError("ABORTED", "unsubscribed meanwhile");
      await socket.join(core.keys.signal(address));
      await core.nodes?.settled();
    } catch (thrown) {
      addresses.delete(address);
      throw thrown;
    }
  }
  return { clientId: client.id, maxBytes: limits.messageBytes };
}

export async function unsubscribe(core: Core, socket: Socket, address: string): Promise<object> {
  if (addressesOf(socket)?.delete(address) === true) await socket.leave(core.keys.signal(address));
  return {};
}

/**
 * Brings a message to all others who are subscribed to the address, with its sender's id. Those whose queues are full are left out.
 *
 * @throws PeerloomError `TOO_LARGE`, `FORBIDDEN`.
 */
export function publish(core: Core, client: Client, socket: Socket, address: string, bytes: Buffer, limits: SignalingLimits): object {
  if (bytes.length > limits.messageBytes) throw new PeerloomError("TOO_LARGE", `a message may have ${limits.messageBytes} bytes`);
  if (!mayPublish(core, client, address)) throw new PeerloomError("FORBIDDEN", "this relay does not allow signals to this address");
  core.counters.roomPackets += 1;
  core.counters.roomBytes += bytes.length;
  const key = core.keys.signal(address);
  const { nodes } = core;
  // Whoever has been answered that it is subscribed is known after that, on whatever node.
  if (nodes !== undefined) core.background(nodes.settled().then(() => nodes.parcels.signal(key, address, client.id, bytes)));
  socket.local.to(key).except(SLOW_ROOM).emit("signal", address, client.id, bytes);
  return {};
}

/** How many are subscribed to an address here. */
export function subscriberCount(core: Core, address: string): number {
  return core.namespace.adapter.rooms.get(core.keys.signal(address))?.size ?? 0;
}

function addressesOf(socket: Socket): Set<string> | undefined {
  return Reflect.get(socket.data as object, key) as Set<string> | undefined;
}

function mayPublish(core: Core, client: Client, address: string): boolean {
  if (core.settings.authorize === undefined) return true;
  return allowsNow(core, { type: "signal", from: client.id, address, claims: client.claims });
}

function checkLimits(core: Core, addresses: ReadonlySet<string>, address: string, limits: SignalingLimits): void {
  const { addressesPerClient, subscribersPerAddress } = limits;
  if (addresses.size >= addressesPerClient)
    throw new PeerloomError("LIMIT", `a client may be subscribed to ${addressesPerClient} addresses`);
  if (subscriberCount(core, address) >= subscribersPerAddress)
    throw new PeerloomError("LIMIT", `an address may have ${subscribersPerAddress} subscribers`);
}
