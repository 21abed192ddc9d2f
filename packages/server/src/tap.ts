import type { Socket as NetSocket } from "node:net";

/** `debt`: its client has to wait until it may send again. `turn`: others have their turn first. */
export type HoldReason = "debt" | "turn";

/** The parts of `ws` that a tap is made of; those with an underscore, and `startLoop`, are not among its types. */
export interface RawWebSocket {
  readonly _receiver?: Receiver;
  readonly _socket?: NetSocket;
  readonly bufferedAmount?: number;
  readonly terminate?: () => void;
  readonly pause?: () => void;
  readonly resume?: () => void;
}

interface Receiver {
  /** Whether the next message is handed on at once, or in a turn of its own. */
  _allowSynchronousEvents?: boolean;
  /** Takes apart what was read, and calls back when it needs more. */
  startLoop?: (done: () => void) => void;
}

/**
 * Stops what comes over a WebSocket between two messages, and loses none. `ws` can stop reading by itself, but one read brings up to a thousand
 * messages; here those wait too, as the bytes they came as. One more message may come after a stop.
 */
export class Tap {
  readonly #raw: RawWebSocket;
  /** As it is without a tap. */
  readonly #startLoop: Receiver["startLoop"];
  readonly #reasons = new Set<HoldReason>();
  /** Goes on with what was read. */
  #rest: (() => void) | undefined;

  constructor(raw: RawWebSocket) {
    this.#raw = raw;
    this.#startLoop = raw._receiver?.startLoop;
  }

  /** @returns whether it has made a difference. */
  hold(reason: HoldReason): boolean {
    const { _receiver: receiver, _socket: socket } = this.#raw;
    if (this.#reasons.has(reason) || socket === undefined || socket.destroyed) return false;
    this.#reasons.add(reason);
    if (reason === "debt") this.#raw.pause?.();
    if (this.#reasons.size > 1 || receiver?.startLoop === undefined) return true;
    receiver._allowSynchronousEvents = false;
    receiver.startLoop = (done) => (this.#rest = done);
    socket.once("close", this.#letAllGo);
    return true;
  }

  letGo(reason: HoldReason): void {
    if (!this.#reasons.delete(reason)) return;
    if (reason === "debt") this.#raw.resume?.();
    if (this.#reasons.size === 0) this.#goOn(true);
  }

  /** Nothing more is handed on, also nothing that was read already: the connection is about to be cut. */
  shut(): void {
    const { _receiver: receiver } = this.#raw;
    if (receiver?.startLoop === undefined) return;
    this.#raw._socket?.off("close", this.#letAllGo);
    receiver._allowSynchronousEvents = false;
    receiver.startLoop = (done) => done();
    this.#reasons.clear();
    this.#takeRest()?.();
  }

  /** The other side has gone: what it sent before is handed on, one message in a turn. */
  readonly #letAllGo = (): void => {
    this.#reasons.clear();
    this.#goOn(false);
  };

  #goOn(isAtOnce: boolean): void {
    const { _receiver: receiver, _socket: socket } = this.#raw;
    socket?.off("close", this.#letAllGo);
    if (receiver === undefined || this.#startLoop === undefined) return;
    receiver.startLoop = this.#startLoop;
    receiver._allowSynchronousEvents = isAtOnce;
    const rest = this.#takeRest();
    if (rest !== undefined) receiver.startLoop(rest);
  }

  #takeRest(): (() => void) | undefined {
    const rest = this.#rest;
    this.#rest = undefined;
    return rest;
  }
}
