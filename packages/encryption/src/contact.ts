import { PeerloomError, type LayerHost, type Packet, type PathName } from "@peerloom/core";
import type { Identity } from "@peerloom/core/crypto";
import { Agreement } from "./agreement.ts";
import { decodeBody, encodeBody } from "./body.ts";
import type { Budget } from "./budget.ts";
import type { Channel, PeerKey } from "./channel.ts";
import type { MakeCipher } from "./cipher.ts";
import { Lane } from "./lane.ts";
import { LIMITS } from "./limits.ts";
import type { Message } from "./message.ts";
import { SealQueue } from "./seal-queue.ts";

/** What all contacts of a client share. */
export interface ContactHost {
  readonly layer: LayerHost;
  readonly budget: Budget;
  readonly now: () => number;
  readonly makeCipher: MakeCipher;
  id(): string;
  identity(): Promise<Identity>;
  trust(peer: PeerKey): Promise<void>;
  met(peer: PeerKey): void;
}

/** One peer, as far as encryption is concerned: what waits to be sealed for it, and to be opened from it, each in its order. */
export class Contact {
  readonly id: string;
  readonly #host: ContactHost;
  readonly #agreement: Agreement;
  readonly #lane: Lane;
  readonly #queues: { readonly [P in PathName]: SealQueue };
  #forgedSince: number | undefined;
  /** The key that the session of now is with: no session goes on under another. */
  #sessionKey: string | undefined;
  #waitingMessages = 0;
  #isClosed = false;
  /** Has the endpoint a session with this peer? */
  isWatched = false;
  /** When something last went or came. */
  activeAt: number;

  constructor(id: string, host: ContactHost) {
    this.id = id;
    this.#host = host;
    this.activeAt = host.now();
    this.#lane = new Lane(
      (bytes) => host.budget.addIn(bytes),
      (error) => this.#fail(new PeerloomError("NO_CRYPTO", "the platform's WebCrypto failed", { cause: error })),
    );
    this.#queues = { relay: this.#queue("relay"), direct: this.#queue("direct") };
    this.#agreement = new Agreement({
      peer: id,
      instance: host.layer.instance,
      now: host.now,
      makeCipher: host.makeCipher,
      id: () => host.id(),
      identity: () => host.identity(),
      trust: (peer) => host.trust(peer),
      say: (packet, path) => !this.#isClosed && host.layer.below.send(id, 0, packet, path),
      later: (work) => this.#lane.push(0, work),
      isWanted: () => this.#queues.relay.isWaiting || this.#queues.direct.isWaiting,
      opened: (channel) => this.#opened(channel),
      failed: (error) => this.#fail(error),
    });
  }

  /** The peer as it has proven itself. */
  get peer(): PeerKey | undefined {
    return this.#agreement.live?.peer;
  }

  get bytes(): number {
    return this.#lane.bytes + this.#queues.relay.bytes + this.#queues.direct.bytes;
  }

  /** True while something is under way here. */
  get isBusy(): boolean {
    return this.#lane.isBusy || this.bytes > 0;
  }

  /** Seals and sends; false when too much waits already. */
  send(serial: number, packet: Packet, path: PathName): boolean {
    const queue = this.#queues[path];
    if (queue.bytes > LIMITS.outBytes || (queue.bytes > 0 && this.#host.budget.isOutFull)) {
      queue.isFull = true;
      return false;
    }
    this.activeAt = this.#host.now();
    this.#agreement.want(path);
    const { live } = this.#agreement;
    this.#sessionKey ??= live?.peer.publicKey;
    queue.push(serial, encodeBody(packet), live);
    return true;
  }

  /** A message of encryption has come. */
  receive(message: Message, path: PathName): void {
    this.activeAt = this.#host.now();
    if (message.type === "sealed") return this.#receiveSealed(message, path);
    if (this.#waitingMessages >= LIMITS.maxWaitingMessages) return;
    this.#waitingMessages += 1;
    this.#lane.push(0, async () => {
      this.#waitingMessages -= 1;
      await this.#agreement.read(message, path);
    });
  }

  /** Tells the endpoint something about this peer behind all that has come before. */
  notice(tell: () => void): void {
    if (this.#lane.isBusy) this.#lane.push(0, tell);
    else tell();
  }

  /** The relay tells that the peer is here, as this client object. */
  present(instance: string): void {
    this.#lane.push(0, () => this.#agreement.present(instance));
    this.#agreement.nudge();
  }

  /** A message about keys did not reach the peer. */
  refused(): void {
    this.#agreement.refused();
  }

  /** A path takes packets again. */
  pump(path: PathName): void {
    if (path === "relay") this.#agreement.nudge();
    this.#queues[path].pump();
  }

  /** A path is lost, with what waits for it. */
  lost(path: PathName): void {
    this.#queues[path].clear();
  }

  /** The endpoint has begun a session. */
  begun(): void {
    if (this.isWatched) return;
    this.isWatched = true;
    this.#sessionKey = undefined;
  }

  /** The endpoint has ended its session: what waits for keys is of no use any more. */
  ended(): void {
    this.isWatched = false;
    this.activeAt = this.#host.now();
    for (const queue of Object.values(this.#queues)) queue.dropWaiting();
    this.#agreement.drop();
  }

  close(): void {
    this.#isClosed = true;
    this.#agreement.close();
    this.#lane.clear();
    for (const queue of Object.values(this.#queues)) queue.clear();
  }

  #queue(path: PathName): SealQueue {
    const { layer, budget } = this.#host;
    const queue: SealQueue = new SealQueue({
      send: (serial, packet) => layer.below.send(this.id, serial, packet, path),
      broken: (cause) => this.#fail(new PeerloomError("NO_CRYPTO", "the platform's WebCrypto failed", { cause })),
      changed: (bytes) => {
        budget.addOut(bytes);
        if (bytes >= 0 || this.#isClosed || !queue.isFull || queue.bytes > LIMITS.outBytes / 2) return;
        queue.isFull = false;
        if (path === "relay") layer.above.ready(this.id);
        else layer.above.directWritable(this.id);
      },
    });
    return queue;
  }

  #receiveSealed({ id, n, box }: Extract<Message, { type: "sealed" }>, path: PathName): void {
    // The session asks again for what is dropped.
    if (this.#lane.bytes > LIMITS.inBytes || this.#host.budget.isInFull) return;
    const known = this.#agreement.channelOf(id);
    const opening = known?.open(n, box);
    this.#lane.push(box.length, () => {
      const channel = known ?? this.#agreement.channelOf(id);
      if (channel === undefined) return this.#agreement.stranger(id, path);
      const body = known === undefined ? channel.open(n, box) : opening;
      if (body instanceof Promise) return body.then((opened) => this.#deliver(channel, n, opened, path));
      return this.#deliver(channel, n, body, path);
    });
  }

  #deliver(channel: Channel, n: number, body: Uint8Array<ArrayBuffer> | undefined, path: PathName): void {
    if (this.#isClosed) return;
    if (body === undefined) return channel.isFresh(n) ? this.#forged() : undefined;
    this.#forgedSince = undefined;
    const { publicKey } = channel.peer;
    if (!channel.take(n) || (this.#sessionKey !== undefined && this.#sessionKey !== publicKey)) return;
    const packet = decodeBody(body);
    // What a proven peer says wrongly ends its session, as it does in clear.
    this.#host.layer.above.receive(this.id, packet?.text, packet?.attachments ?? [], path);
    this.#sessionKey ??= publicKey;
  }

  /** Somebody between changes what is said. Now and then that is repaired; a peer that is never heard is lost. */
  #forged(): void {
    const { layer, now } = this.#host;
    layer.malformed("sealed");
    this.#forgedSince ??= now();
    if (now() - this.#forgedSince < LIMITS.forgedMs) return;
    this.#forgedSince = undefined;
    this.#fail(new PeerloomError("FORGED", `all that came in the name of ${JSON.stringify(this.id)} was forged`));
  }

  #opened(channel: Channel): void {
    this.#forgedSince = undefined;
    const { publicKey } = channel.peer;
    if (this.#sessionKey !== undefined && this.#sessionKey !== publicKey) {
      this.#fail(new PeerloomError("PEER_RESTARTED", `${JSON.stringify(this.id)} has come back with another key`));
      this.#sessionKey = undefined;
    }
    if (this.isWatched) this.#sessionKey ??= publicKey;
    this.#host.met(channel.peer);
    for (const queue of Object.values(this.#queues)) queue.sealAll(channel);
  }

  #fail(error: PeerloomError): void {
    if (this.#isClosed) return;
    for (const queue of Object.values(this.#queues)) queue.dropWaiting();
    this.#host.layer.above.failed(this.id, error);
  }
}
