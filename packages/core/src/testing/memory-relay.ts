import type { AnyCode } from "../error.ts";
import type { Packet, Transport } from "../port.ts";

/** What a memory relay tells a client: the inputs of an endpoint. */
export interface MemoryClient {
  connected(id: string): void;
  disconnected(): void;
  receive(from: string, text: unknown, attachments: readonly unknown[]): void;
  refused(to: string, code: AnyCode, serial: number): void;
  ready(to: string): void;
  presence(update: { readonly id: string; readonly state: "here" | "away" | "gone" | "absent"; readonly instance?: string }): void;
}

/** A packet under way. */
export interface Delivery {
  readonly from: string;
  readonly to: string;
  readonly serial: number;
  readonly packet: Packet;
}

interface Watcher {
  readonly from: string | undefined;
  readonly resolve: (delivery: Delivery) => void;
}

interface Attached {
  readonly instance: string;
  readonly client: MemoryClient;
  isUp: boolean;
  readonly watched: Set<string>;
}

/**
 * A relay in memory for tests: delivers each packet in a task of its own, in order, and lets a test hold, drop or refuse
 * packets and cut clients off. Nothing is kept outside the object, so tests do not share a world.
 */
export class MemoryRelay {
  /** Decides over each packet: deliver it, lose it silently, or refuse it with a code. */
  judge: (delivery: Delivery) => "deliver" | "lose" | AnyCode = () => "deliver";
  readonly #clients = new Map<string, Attached>();
  readonly #queue: Delivery[] = [];
  readonly #watchers = new Set<Watcher>();
  readonly #defer: (run: () => void) => void;
  #isHeld = false;
  #isScheduled = false;

  /** `defer` runs a function in a later task: `setImmediate` in Node. */
  constructor(defer: (run: () => void) => void) {
    this.#defer = defer;
  }

  /** Packets accepted and not yet delivered. */
  get inFlight(): number {
    return this.#queue.length;
  }

  /** Resolves with the next packet that a client (`from`, or any) hands over. */
  nextPacket(from?: string): Promise<Delivery> {
    return new Promise((resolve) => this.#watchers.add({ from, resolve }));
  }

  /** The transport for the client `id`; call `attach` with its endpoint before anything is sent. */
  transport(id: string): Transport {
    return {
      send: (to, serial, packet) => {
        if (!this.#clients.get(id)?.isUp) return false;
        // A wire carries copies: the sender may use its buffers again.
        const attachments = packet.attachments.map((attachment) => new Uint8Array(attachment));
        const delivery = { from: id, to, serial, packet: { text: packet.text, attachments } };
        this.#queue.push(delivery);
        this.#notify(delivery);
        this.#schedule();
        return true;
      },
      watch: (ids) => {
        for (const watched of ids) this.#clients.get(id)?.watched.add(watched);
        this.#defer(() => this.#answerWatch(id, ids));
      },
      unwatch: (ids) => {
        for (const watched of ids) this.#clients.get(id)?.watched.delete(watched);
      },
    };
  }

  /** Puts a client under `id` and tells it that it is connected. One that was there before is replaced, and told so. */
  attach(id: string, instance: string, client: MemoryClient): void {
    this.#clients.get(id)?.client.disconnected();
    this.#clients.set(id, { instance, client, isUp: true, watched: new Set() });
    client.connected(id);
    this.#tell(id, "here");
  }

  /** Takes a client away for good. */
  detach(id: string): void {
    const client = this.#clients.get(id);
    this.#clients.delete(id);
    client?.client.disconnected();
    this.#tell(id, "gone");
  }

  /** Cuts a client's connection; what was under way to or from it is lost. */
  cut(id: string): void {
    const attached = this.#clients.get(id);
    if (attached === undefined) return;
    attached.isUp = false;
    for (const delivery of this.#queue.splice(0)) if (delivery.from !== id && delivery.to !== id) this.#queue.push(delivery);
    attached.client.disconnected();
    this.#tell(id, "away");
  }

  /** Connects a client that was cut off. */
  restore(id: string): void {
    const attached = this.#clients.get(id);
    if (attached === undefined) return;
    attached.isUp = true;
    attached.client.connected(id);
    this.#answerWatch(id, [...attached.watched]);
    this.#tell(id, "here");
  }

  /** Keeps all packets until `release`. */
  hold(): void {
    this.#isHeld = true;
  }

  release(): void {
    this.#isHeld = false;
    this.#schedule();
  }

  #notify(delivery: Delivery): void {
    for (const watcher of this.#watchers) {
      if (watcher.from !== undefined && watcher.from !== delivery.from) continue;
      this.#watchers.delete(watcher);
      watcher.resolve(delivery);
    }
  }

  #answerWatch(watcher: string, ids: readonly string[]): void {
    const attached = this.#clients.get(watcher);
    if (!attached?.isUp) return;
    for (const id of ids) {
      const peer = this.#clients.get(id);
      if (peer === undefined) attached.client.presence({ id, state: "absent" });
      else attached.client.presence({ id, state: peer.isUp ? "here" : "away", instance: peer.instance });
    }
  }

  #tell(id: string, state: "here" | "away" | "gone"): void {
    const instance = this.#clients.get(id)?.instance;
    for (const { client, isUp, watched } of this.#clients.values()) {
      if (isUp && watched.has(id)) client.presence(instance === undefined ? { id, state } : { id, state, instance });
    }
  }

  #schedule(): void {
    if (this.#isScheduled || this.#isHeld || this.#queue.length === 0) return;
    this.#isScheduled = true;
    this.#defer(() => {
      this.#isScheduled = false;
      this.#deliver();
      this.#schedule();
    });
  }

  #deliver(): void {
    const delivery = this.#isHeld ? undefined : this.#queue.shift();
    if (delivery === undefined) return;
    const { from, to, serial, packet } = delivery;
    const target = this.#clients.get(to);
    const verdict = target === undefined ? "PEER_NOT_FOUND" : target.isUp ? this.judge(delivery) : "PEER_AWAY";
    if (verdict === "deliver") target?.client.receive(from, packet.text, packet.attachments);
    else if (verdict !== "lose") this.#clients.get(from)?.client.refused(to, verdict, serial);
  }
}
