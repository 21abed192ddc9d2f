import { wsconnect } from "@nats-io/nats-core";
import { natsDriver } from "@peerloom/driver-nats";
import { socketIoDriver } from "@peerloom/driver-socketio";
import { Peer, type JoinOptions, type PeerEvents, type PeerOptions } from "@peerloom/peer";
import type { Driver } from "@peerloom/signaling";
import { broadcastChannelDriver } from "@peerloom/signaling/broadcast-channel";
import { memoryDriver, MemoryHub } from "@peerloom/signaling/memory";
import { io, type Socket } from "socket.io-client";

/** Where peers meet: in the page, over a NATS server, or over a relay. */
export type DriverName = "memory" | "broadcast-channel" | `nats ws://${string}` | `socket.io http://${string}`;

/** Peers of one page that meet over a driver; counts what they publish there. */
export class World {
  readonly log: string[] = [];
  readonly peers: Peer[] = [];
  published = 0;
  readonly #make: () => Driver;
  readonly #drivers: Driver[] = [];
  readonly #ends: (() => unknown)[];

  private constructor(make: () => Driver, ends: (() => unknown)[]) {
    this.#make = make;
    this.#ends = ends;
    // For whoever looks at a test that hangs.
    Object.assign(globalThis, { world: this });
  }

  static async open(where: DriverName, name: string = crypto.randomUUID()): Promise<World> {
    if (where === "memory") {
      const hub = new MemoryHub();
      return new World(() => memoryDriver(hub), []);
    }
    if (where === "broadcast-channel") return new World(() => broadcastChannelDriver({ name }), []);
    const [medium, url = ""] = where.split(" ");
    if (medium === "nats") {
      const nc = await wsconnect({ servers: url });
      return new World(() => natsDriver({ nc, prefix: `test-${name}` }), [() => nc.close()]);
    }
    const sockets: Socket[] = [];
    const make = (): Driver => {
      const socket = io(`${url}/peerloom`, { auth: {}, forceNew: true, transports: ["websocket"] });
      sockets.push(socket);
      return socketIoDriver({ socket });
    };
    return new World(make, [() => sockets.forEach((socket) => socket.disconnect())]);
  }

  peer(id: string, options: Partial<PeerOptions> = {}): Peer {
    const driver = this.#make();
    this.#drivers.push(driver);
    const publish = driver.publish.bind(driver);
    driver.publish = (...args) => {
      this.published += 1;
      return publish(...args);
    };
    const peer = new Peer({ driver, id, ...options });
    for (const group of ["connection", "channel", "stream", "track"] as const)
      peer.on(group, (event) => {
        const label = "label" in event ? ` ${event.label}` : "";
        const kind = "kind" in event ? ` ${event.kind}` : "";
        this.log.push(`${id} ${event.name} ${event.remote.id}${label}${kind}`);
      });
    peer.on("error", ({ error }) => void this.log.push(`${id} error ${String(error)}`));
    this.peers.push(peer);
    return peer;
  }

  said(id: string, group = ""): string[] {
    return this.log.filter((line) => line.startsWith(`${id} ${group}`)).map((line) => line.slice(id.length + 1));
  }

  get errors(): string[] {
    return this.log.filter((line) => line.includes(" error"));
  }

  async meet(peers: readonly Peer[] = this.peers, options: JoinOptions = {}): Promise<void> {
    const isMet = (): boolean =>
      peers.every((peer) => peer.remotes.filter(({ state }) => state === "connected").length >= peers.length - 1);
    const met = Promise.race(peers.map((peer) => until(peer, "connection:connected", isMet)));
    for (const peer of peers) if (peer.room === undefined) await peer.join(options);
    if (!isMet()) await met;
  }

  async close(): Promise<void> {
    await Promise.all(this.peers.map((peer) => peer[Symbol.asyncDispose]()));
    await Promise.all(this.#drivers.map((driver) => driver.close()));
    for (const end of this.#ends) await end();
  }
}

/** The first event of a name for which `isIt` holds, from now on. */
export function until<K extends keyof PeerEvents>(
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

/** A small picture: twenty of them are encoded when five peers meet. */
export function camera(
  constraints: MediaStreamConstraints = { audio: true, video: { width: 160, height: 120, frameRate: 5 } },
): Promise<MediaStream> {
  return navigator.mediaDevices.getUserMedia(constraints);
}

/** Resolves when a frame of the stream's video was shown, or with its audio's first data. */
export async function plays(stream: MediaStream): Promise<string> {
  const video = document.createElement("video");
  video.muted = true;
  video.srcObject = stream;
  await video.play();
  await new Promise((resolve) => video.requestVideoFrameCallback(resolve));
  const size = `${video.videoWidth}x${video.videoHeight}`;
  video.srcObject = null;
  return size;
}
