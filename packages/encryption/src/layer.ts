import type { AnyCode, Layer, LayerHost, Packet, PathName, TransportUser, WaitOptions } from "@peerloom/core";
import { deadline, deferred } from "@peerloom/core";
import { ENCRYPTION, encodePacket, parsePacket, unpackText } from "@peerloom/protocol";
import type { ContactHost } from "./contact.ts";
import { Contacts } from "./contacts.ts";
import { parseMessage } from "./message.ts";

export interface EncryptionLayerOptions extends Omit<ContactHost, "id"> {
  /** Is this a peer to which everything goes, and from which everything comes, in clear? */
  readonly isPlain: (id: string) => boolean;
}

/** Seals what an endpoint sends, and opens what comes for it. */
export class EncryptionLayer implements Layer {
  readonly #host: LayerHost;
  readonly #isPlain: (id: string) => boolean;
  readonly #contacts: Contacts;
  #id = "";
  #isClosed = false;

  constructor({ isPlain, ...host }: EncryptionLayerOptions) {
    this.#host = host.layer;
    this.#isPlain = (id) => {
      try {
        return isPlain(id) === true;
      } catch {
        // What the application cannot say is not said in clear.
        return false;
      }
    };
    this.#contacts = new Contacts({ ...host, id: () => this.#id });
  }

  get bytes(): number {
    return this.#contacts.all().reduce((sum, contact) => sum + contact.bytes, 0);
  }

  get contacts(): Contacts {
    return this.#contacts;
  }

  send(to: string, serial: number, packet: Packet, path: PathName): boolean {
    if (this.#isClosed) return false;
    if (this.#isPlain(to)) return this.#host.below.send(to, serial, packet, path);
    return this.#contacts.open(to).send(serial, packet, path);
  }

  watch(ids: readonly string[]): void {
    for (const id of ids) if (!this.#isPlain(id)) this.#contacts.watch(id);
    this.#host.below.watch(ids);
  }

  unwatch(ids: readonly string[]): void {
    for (const id of ids) this.#contacts.unwatch(id);
    this.#host.below.unwatch(ids);
  }

  connected(id: string, options?: { readonly sessionTimeoutMs?: number }): void {
    this.#id = id;
    this.#host.above.connected(id, options);
    for (const contact of this.#contacts.all()) contact.pump("relay");
  }

  disconnected(): void {
    this.#host.above.disconnected();
  }

  writable(): void {
    for (const contact of this.#contacts.all()) contact.pump("relay");
    this.#host.above.writable();
  }

  receive(from: string, text: unknown, attachments: readonly unknown[], path: PathName = "relay"): void {
    if (this.#isClosed) return;
    if (this.#isPlain(from)) return this.#host.above.receive(from, text, attachments, path);
    if (typeof text !== "string" || !text.startsWith(ENCRYPTION.prefix)) return this.#refusePlain(from, text, attachments, path);
    const message = parseMessage(text, attachments);
    if (message === undefined) return this.#host.malformed("encryption");
    this.#contacts.open(from).receive(message, path);
  }

  refused(to: string, code: AnyCode, serial: number): void {
    const contact = this.#contacts.get(to);
    if (contact !== undefined && serial === 0) {
      contact.refused();
      if (code === "BUSY" || code === "RATE_LIMITED") return;
    }
    this.#tell(to, (above) => above.refused(to, code, serial));
  }

  ready(to: string): void {
    this.#contacts.get(to)?.pump("relay");
    this.#tell(to, (above) => above.ready(to));
  }

  presence(update: Parameters<TransportUser["presence"]>[0]): void {
    const { id, state, instance } = update;
    if (state === "here" && instance !== undefined) this.#contacts.get(id)?.present(instance);
    this.#tell(id, (above) => above.presence(update));
  }

  directUp(id: string): void {
    this.#host.above.directUp(id);
  }

  directDown(id: string): void {
    this.#contacts.get(id)?.lost("direct");
    this.#tell(id, (above) => above.directDown(id));
  }

  directWritable(id: string): void {
    this.#contacts.get(id)?.pump("direct");
    this.#host.above.directWritable(id);
  }

  async settled(wait: WaitOptions): Promise<void> {
    const { promise, resolve, reject } = deferred<void>();
    const look = (): void => {
      if (this.#contacts.all().every((contact) => !contact.isBusy)) resolve();
      else timer = setTimeout(look, 1);
    };
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stop = deadline(wait, "sealing what was sent", reject);
    look();
    await promise.finally(() => {
      clearTimeout(timer);
      stop();
    });
  }

  close(): void {
    this.#isClosed = true;
    this.#contacts.close();
  }

  /** The peer's order is kept: what it said before comes first. */
  #tell(id: string, tell: (above: LayerHost["above"]) => void): void {
    const contact = this.#contacts.get(id);
    if (contact === undefined) tell(this.#host.above);
    else contact.notice(() => tell(this.#host.above));
  }

  /** Nothing in clear is taken; a session that begins so is told, by its own means, why it ends. */
  #refusePlain(from: string, text: unknown, attachments: readonly unknown[], path: PathName): void {
    this.#host.malformed("plain");
    const bytes = attachments.filter((attachment) => attachment instanceof Uint8Array);
    const received = typeof text === "string" ? unpackText({ text, attachments: bytes }) : undefined;
    const packet = received && parsePacket(received.text);
    if (packet === undefined || packet.extension?.x !== undefined) return;
    const source = packet.destination === "" ? `${this.#host.instance}.${Number.MAX_SAFE_INTEGER}` : packet.destination;
    const header = { source, destination: packet.source, first: 0, ack: 0, extension: { x: "NOT_ENCRYPTED" } };
    this.#host.below.send(from, 0, { text: encodePacket(header, []), attachments: [] }, path);
  }
}
