import { backoff, Emitter, PeerloomError, type Packet } from "@peerloom/core";
import { packText, parseWelcome, parseWireError, WIRE, type Handshake, type Welcome } from "@peerloom/protocol";
import { LEAN_EVENT } from "@peerloom/protocol/socket-io";
import { initialConnection, step, type ConnectionEffect, type ConnectionInput, type ConnectionState } from "./connection-state.ts";
import { dropBuffered, packetDecoderOf, type SocketLike } from "./socket-like.ts";

/** `offline`: the next try waits for its time; `connecting`: a try is under way. */
export type ClientState = "connecting" | "online" | "offline" | "closed";

export interface ConnectionOptions {
  readonly socket: SocketLike;
  /** What this client says of itself; asked for at each try. A rejection makes the try fail. */
  readonly handshake: () => Promise<Handshake>;
  /** How long one try may take, in milliseconds. */
  readonly tryTimeoutMs: number;
  readonly reconnectMinMs: number;
  readonly reconnectMaxMs: number;
  readonly random?: (() => number) | undefined;
}

export interface ConnectionEvents {
  online: Welcome;
  offline: { readonly error: PeerloomError };
  state: { readonly state: ClientState };
  /** For good; `error` is missing when it was closed here. */
  closed: { readonly error: PeerloomError | undefined };
  malformed: { readonly what: string };
}

/** Keeps one socket connected to the relay until it is closed or the relay ends it: the I/O around `step`. */
export class Connection extends Emitter<ConnectionEvents> {
  readonly #socket: SocketLike;
  readonly #options: ConnectionOptions;
  readonly #listeners: ReadonlyMap<string, (...args: unknown[]) => void>;
  readonly #knowsLean: boolean;
  #packetEvent = "p";
  #state: ConnectionState = initialConnection;
  #told: ClientState = "connecting";
  #timer: ReturnType<typeof setTimeout> | undefined;
  #try = 0;
  #offlineSince = Date.now();
  #onlineSince = 0;
  #wasOnline = false;

  constructor(options: ConnectionOptions) {
    super();
    this.#options = options;
    this.#socket = options.socket;
    this.#knowsLean = packetDecoderOf(options.socket) !== undefined;
    this.#listeners = new Map<string, (...args: unknown[]) => void>([
      ["connect", () => this.#input({ type: "opened" })],
      ["connect_error", (error) => this.#refused(error)],
      ["disconnect", (reason) => this.#lost(String(reason))],
      ["welcome", (body) => this.#welcomed(body)],
      ["bye", (body) => this.#bye(body)],
    ]);
  }

  get state(): ClientState {
    if (this.#state.at === "online" || this.#state.at === "closed") return this.#state.at;
    return this.#wasOnline && this.#state.at === "waiting" ? "offline" : "connecting";
  }

  /** Why the last try failed. */
  get failure(): PeerloomError | undefined {
    return this.#state.at === "closed" ? this.#state.error : this.#state.failure;
  }

  /** Takes the socket over and connects it. */
  start(): void {
    this.#socket.auth = (send: (handshake: Handshake) => void) => void this.#introduce(send);
    globalThis.addEventListener?.("online", this.#hurry);
    // It may be connecting already, without our handshake.
    this.#socket.disconnect();
    for (const [event, listener] of this.#listeners) this.#socket.on(event, listener);
    this.#input({ type: "retry" });
  }

  /** Sends an event when online. @returns false when it was not taken. */
  send(event: string, ...args: unknown[]): boolean {
    if (this.#state.at !== "online" || !this.#socket.connected) return false;
    const buffered = this.#socket.sendBuffer.length;
    this.#socket.emit(event, ...args);
    if (this.#socket.sendBuffer.length === buffered) return true;
    // The socket knows that it is dead and has not told yet.
    dropBuffered(this.#socket);
    return false;
  }

  /** Sends a packet to another client, in the form the relay takes; like `send`. */
  sendPacket(to: string, serial: number, packet: Packet): boolean {
    const isLean = this.#packetEvent === LEAN_EVENT;
    const { text, attachments } = packText(packet, isLean ? WIRE.packedLeanTextLength : WIRE.packedTextLength);
    return this.send(this.#packetEvent, to, serial, text, ...attachments);
  }

  /** Disconnects for good. Idempotent. */
  close(error?: PeerloomError): void {
    this.#input({ type: "close", error });
  }

  readonly #hurry = (): void => this.#input({ type: "retry" });

  #input(input: ConnectionInput): void {
    if (this.#state.at === "closed") return;
    const [state, effects] = step(this.#state, input);
    this.#state = state;
    for (const effect of effects) this.#run(effect);
    if (this.#state !== state) return;
    if (state.at === "closed") return this.#end(state.error);
    this.#tell();
  }

  #run(effect: ConnectionEffect): void {
    switch (effect.do) {
      case "open":
        this.#try += 1;
        this.#after(this.#options.tryTimeoutMs, {
          type: "failed",
          error: new PeerloomError("TIMEOUT", `no welcome from the relay within ${this.#options.tryTimeoutMs} ms`),
        });
        dropBuffered(this.#socket);
        return void this.#socket.connect();
      case "wait": {
        const { reconnectMinMs: minMs, reconnectMaxMs: maxMs, random } = this.#options;
        return this.#after(backoff(effect.attempt, { minMs, maxMs, ...(random && { random }) }), { type: "retry" });
      }
      case "disconnect":
        clearTimeout(this.#timer);
        this.#socket.disconnect();
        return dropBuffered(this.#socket);
      case "online":
        clearTimeout(this.#timer);
        this.#wasOnline = true;
        this.#packetEvent = effect.welcome.lean === true && this.#knowsLean ? LEAN_EVENT : "p";
        this.#onlineSince = Date.now();
        return this.emit("online", effect.welcome);
      case "offline":
        this.#offlineSince = Date.now();
        return this.emit("offline", { error: effect.error });
    }
  }

  #after(delayMs: number, input: ConnectionInput): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#input(input), delayMs);
  }

  #tell(): void {
    if (this.state === this.#told) return;
    this.#told = this.state;
    this.emit("state", { state: this.#told });
  }

  #end(error: PeerloomError | undefined): void {
    clearTimeout(this.#timer);
    globalThis.removeEventListener?.("online", this.#hurry);
    for (const [event, listener] of this.#listeners) this.#socket.off(event, listener);
    this.#tell();
    this.emit("closed", { error });
    this.removeAllListeners();
  }

  /** socket.io asks for the handshake when its transport is open. */
  async #introduce(send: (handshake: Handshake) => void): Promise<void> {
    const attempt = this.#try;
    try {
      const handshake = await this.#options.handshake();
      if (attempt === this.#try && this.#state.at === "opening") send(this.#knowsLean ? { ...handshake, lean: true } : handshake);
    } catch (cause) {
      const error = new PeerloomError("UNAUTHORIZED", "the token function failed", { cause });
      if (attempt === this.#try) this.#input({ type: "failed", error });
    }
  }

  #refused(thrown: unknown): void {
    const refusal = thrown instanceof Error ? parseWireError(Reflect.get(thrown, "data")) : undefined;
    if (refusal !== undefined) {
      const error = new PeerloomError(refusal.code, refusal.message);
      return this.#input({ type: "refused", error, offlineMs: Date.now() - this.#offlineSince });
    }
    const message = thrown instanceof Error ? thrown.message : String(thrown);
    this.#input({ type: "failed", error: new PeerloomError("RELAY_UNREACHABLE", message, { cause: thrown }) });
  }

  #lost(reason: string): void {
    dropBuffered(this.#socket);
    const error = new PeerloomError("CLOSED", `the connection to the relay is lost: ${reason}`);
    // A relay that throws clients out without a word gets the growing delays of a `bye`.
    if (reason === "io server disconnect") this.#sentAway(error);
    else this.#input({ type: "lost", error });
  }

  #welcomed(body: unknown): void {
    const welcome = this.#state.at === "greeting" ? parseWelcome(body) : undefined;
    if (welcome === undefined) return this.emit("malformed", { what: "welcome" });
    this.#input({ type: "welcomed", welcome });
  }

  #bye(body: unknown): void {
    const bye = parseWireError(body);
    if (bye === undefined) return this.emit("malformed", { what: "bye" });
    this.#sentAway(new PeerloomError(bye.code, bye.message));
  }

  #sentAway(error: PeerloomError): void {
    this.#input({ type: "bye", error, onlineMs: this.#state.at === "online" ? Date.now() - this.#onlineSince : 0 });
  }
}
