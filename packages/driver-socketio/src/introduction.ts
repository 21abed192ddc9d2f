import { backoff, type AnyCode } from "@peerloom/core";
import { isRecord, parseWelcome, parseWireError, PROTOCOL_VERSION } from "@peerloom/protocol";
import type { SocketLike } from "./any-socket.ts";

/** Codes after which a relay does not want to see the client again. */
const finalCodes: ReadonlySet<AnyCode> = new Set(["CLIENT_ID_REPLACED", "FORBIDDEN", "PROTOCOL_ERROR", "RATE_LIMITED", "UNAUTHORIZED"]);
/** Refusals that pass. */
const passingCodes: ReadonlySet<AnyCode> = new Set(["ABORTED", "CLOSED", "LIMIT", "RATE_LIMITED"]);

/**
 * Makes a plain socket a client of the relay: adds the relay's handshake to its `auth`, keeps its id across reconnects, and connects it
 * again where socket.io does not: after the relay has closed it, as one does that shuts down. A socket that a Peerloom client has taken
 * over, or whose `auth` has a handshake already, is left alone.
 */
export class Introduction {
  readonly #socket: SocketLike;
  readonly #given: unknown;
  readonly #instance = randomText();
  #resumed: object = {};
  #bye: AnyCode | undefined;
  #tries = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(socket: SocketLike) {
    this.#socket = socket;
    this.#given = socket.auth;
    if (typeof this.#given === "function" || (isRecord(this.#given) && Object.hasOwn(this.#given, "protocol"))) return;
    socket.auth = this.#introduce;
  }

  /** The relay has said welcome: with this the same client comes back. */
  welcomed(body: unknown): void {
    const welcome = parseWelcome(body);
    this.#tries = 0;
    this.#bye = undefined;
    if (welcome !== undefined) this.#resumed = { clientId: welcome.clientId, resume: welcome.resume };
  }

  /** The relay says why it will close the connection. */
  bye(body: unknown): void {
    this.#bye = parseWireError(body)?.code;
  }

  /** The relay has closed the connection, or refused one, with this code. */
  ended(refusal?: AnyCode): void {
    if (this.#socket.auth !== this.#introduce || this.#socket.active) return;
    if (refusal === undefined ? finalCodes.has(this.#bye ?? "CLOSED") : !passingCodes.has(refusal)) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#socket.connect(), backoff(this.#tries++, { minMs: 200 }));
  }

  close(): void {
    clearTimeout(this.#timer);
    if (this.#socket.auth === this.#introduce) this.#socket.auth = this.#given;
  }

  readonly #introduce = (send: (handshake: object) => void): void => {
    const given = isRecord(this.#given) ? this.#given : {};
    send({ ...given, ...this.#resumed, protocol: PROTOCOL_VERSION, instance: this.#instance });
  };
}

function randomText(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
