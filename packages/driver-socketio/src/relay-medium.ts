import { PeerloomError } from "@peerloom/core";
import { isName, isRecord, isUint, parseReply, parseWireError } from "@peerloom/protocol";
import type { Medium, MediumEvents } from "@peerloom/signaling";
import type { SocketLike } from "./any-socket.ts";
import { Introduction } from "./introduction.ts";

/** What every relay with signaling takes unless told otherwise; the relay's answers say what it really is. */
const defaultMaxBytes = 131_072;

/** A relay's signaling events (docs/protocol.md section 8) over a socket. */
export class RelayMedium implements Medium {
  readonly #socket: SocketLike;
  readonly #events: MediumEvents;
  readonly #introduction: Introduction;
  readonly #listeners: readonly (readonly [event: string, listener: (...args: unknown[]) => void])[];
  #maxBytes = defaultMaxBytes;
  #self: string | undefined;

  constructor(socket: SocketLike, events: MediumEvents) {
    this.#socket = socket;
    this.#events = events;
    this.#introduction = new Introduction(socket);
    this.#listeners = [
      ["connect", () => events.active()],
      ["disconnect", () => this.#lost()],
      ["connect_error", (error) => this.#refused(error)],
      ["welcome", (body) => this.#introduction.welcomed(body)],
      ["bye", (body) => this.#bye(body)],
      ["signal", (address, from, bytes, ...more) => this.#received(address, from, bytes, more)],
    ];
    for (const [event, listener] of this.#listeners) socket.on(event, listener);
    if (socket.connected) events.active();
  }

  /** Largest message, as far as the relay has said. */
  get maxBytes(): number {
    return this.#maxBytes;
  }

  get self(): string | undefined {
    return this.#self;
  }

  async subscribe(address: string): Promise<void> {
    const value = await this.#ask("signal-subscribe", address);
    if (!isRecord(value)) return;
    const { clientId, maxBytes } = value;
    if (isName(clientId)) this.#self = clientId;
    if (isUint(maxBytes)) this.#maxBytes = maxBytes;
  }

  async unsubscribe(address: string): Promise<void> {
    await this.#ask("signal-unsubscribe", address);
  }

  async publish(address: string, bytes: Uint8Array): Promise<void> {
    await this.#ask("signal", address, bytes);
  }

  close(): void {
    for (const [event, listener] of this.#listeners) this.#socket.off(event, listener);
    this.#introduction.close();
  }

  #ask(event: string, ...args: unknown[]): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const buffered = this.#socket.sendBuffer?.length ?? 0;
      this.#socket.emit(event, ...args, (answer: unknown) => {
        const reply = parseReply(answer);
        if (reply === undefined) reject(new PeerloomError("PROTOCOL_ERROR", `the relay's answer to ${event} is malformed`));
        else if (reply.ok) resolve(reply.value);
        else reject(new PeerloomError(reply.error.code, reply.error.message));
      });
      if ((this.#socket.sendBuffer?.length ?? 0) === buffered) return;
      // The socket knows that it is dead and has not told yet: what it keeps would be said out of its time.
      this.#socket.sendBuffer?.pop();
      reject(new PeerloomError("DRIVER_INACTIVE", "the connection to the relay is lost"));
    });
  }

  #received(address: unknown, from: unknown, bytes: unknown, more: readonly unknown[]): void {
    // Without its sender it would pass for one of our own.
    if (more.length > 0 || !isName(from)) this.#events.message(undefined, undefined);
    else this.#events.message(address, bytes, from);
  }

  #lost(): void {
    this.#events.inactive();
    this.#introduction.ended();
  }

  #bye(body: unknown): void {
    this.#introduction.bye(body);
    const bye = parseWireError(body);
    if (bye === undefined) this.#events.message(undefined, undefined);
    else if (bye.code !== "CLOSED") this.#events.error(new PeerloomError(bye.code, bye.message));
  }

  #refused(thrown: unknown): void {
    const refusal = thrown instanceof Error ? parseWireError(Reflect.get(thrown, "data")) : undefined;
    if (refusal === undefined)
      this.#events.error(new PeerloomError("RELAY_UNREACHABLE", `no connection to the relay: ${String(thrown)}`, { cause: thrown }));
    else this.#events.error(new PeerloomError(refusal.code, refusal.message));
    if (refusal !== undefined) this.#introduction.ended(refusal.code);
  }
}
