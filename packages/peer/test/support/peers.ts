import type { RtcBackend } from "@peerloom/core";
import { memoryDriver, MemoryHub } from "@peerloom/signaling/memory";
import { Peer, type PeerEvents, type PeerOptions } from "../../src/index.ts";

/** Peers of one memory hub, with everything they told, in order. */
export class World implements AsyncDisposable {
  readonly hub: MemoryHub = new MemoryHub();
  readonly log: string[] = [];
  readonly errors: unknown[] = [];
  readonly #rtc: RtcBackend;
  readonly #peers: Peer[] = [];

  constructor(rtc: RtcBackend) {
    this.#rtc = rtc;
  }

  peer(id: string, options: Partial<PeerOptions> = {}): Peer {
    const peer = new Peer({ driver: memoryDriver(this.hub), id, rtc: this.#rtc, ...options });
    for (const group of ["connection", "channel", "stream", "track"] as const)
      peer.on(group, (event) => void this.log.push(`${id} ${event.name} ${event.remote.id}`));
    peer.on("error", ({ error }) => {
      this.errors.push(error);
      this.log.push(`${id} error ${String(error)}`);
    });
    this.#peers.push(peer);
    return peer;
  }

  /** What one peer told. */
  said(id: string): string[] {
    return this.log.filter((line) => line.startsWith(`${id} `)).map((line) => line.slice(id.length + 1));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#peers.map((peer) => peer[Symbol.asyncDispose]()));
  }
}

/** The next event of a name, from now on. */
export function next<K extends keyof PeerEvents>(
  peer: Peer,
  name: K,
  isIt: (event: PeerEvents[K]) => boolean = () => true,
): Promise<PeerEvents[K]> {
  return new Promise((resolve) => {
    const off = peer.on(name, (event) => {
      if (!isIt(event)) return;
      off();
      resolve(event);
    });
  });
}

/** Joins them one after another, and resolves when each is connected to each. */
export async function meet(peers: readonly Peer[], room = "room"): Promise<void> {
  const isMet = (): boolean => peers.every((peer) => peer.remotes.filter(({ state }) => state === "connected").length === peers.length - 1);
  const met = new Promise<void>((resolve) => {
    for (const peer of peers) {
      const off = peer.on("connection:connected", () => {
        if (!isMet()) return;
        off();
        resolve();
      });
    }
  });
  for (const peer of peers) if (peer.room === undefined) await peer.join({ room });
  if (!isMet()) await met;
}
