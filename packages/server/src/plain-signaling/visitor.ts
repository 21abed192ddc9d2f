import type { Socket } from "socket.io";
import { Bucket } from "../bucket.ts";
import { EarlyCandidates } from "./early-candidates.ts";
import type { PlainSettings } from "./options.ts";

/** Prefixes keep rooms of front ends apart from socket ids, which socket.io has rooms for too, and from rooms of the program's own. */
const roomPrefix = "peerloom:plain:room:";
/** The room of those that have registered. */
export const lobby = "peerloom:plain:lobby";

/** socket.io's name of a room. */
export function roomKey(roomId: string): string {
  return roomPrefix + roomId;
}

/** Malformed events a minute before a socket is closed. */
const malformedPerMinute = 100;

/** One front end's socket, and what it may still cost. */
export class Visitor {
  readonly socket: Socket;
  readonly early: EarlyCandidates = new EarlyCandidates();
  readonly #messages: Bucket;
  readonly #malformed: Bucket;
  readonly #burst: number;
  readonly #now: () => number;

  constructor(socket: Socket, { messagesPerSecond }: PlainSettings, now: () => number) {
    this.socket = socket;
    this.#now = now;
    this.#burst = 5 * messagesPerSecond;
    this.#messages = new Bucket({ perSecond: messagesPerSecond, burst: this.#burst }, now());
    this.#malformed = new Bucket({ perSecond: malformedPerMinute / 60, burst: malformedPerMinute }, now());
  }

  get id(): string {
    return this.socket.id;
  }

  /** The rooms it is in, by their ids. */
  get rooms(): string[] {
    return [...this.socket.rooms].filter((key) => key.startsWith(roomPrefix)).map((key) => key.slice(roomPrefix.length));
  }

  get isRegistered(): boolean {
    return this.socket.rooms.has(lobby);
  }

  /** Charges messages it causes; one cause costs half a burst at most. @returns false when it has to wait. */
  charge(messages: number): boolean {
    return this.#messages.take(Math.min(messages, this.#burst / 2), this.#now());
  }

  /** Does it go on in spite of refusals? */
  isFlooding(): boolean {
    return this.#messages.isSunk();
  }

  /** Charges a malformed event. @returns false when there were too many. */
  mayErr(): boolean {
    return this.#malformed.take(1, this.#now());
  }

  /** Are the two in one room, or both registered? */
  knows(other: Visitor): boolean {
    if (this.isRegistered && other.isRegistered) return true;
    return this.rooms.some((roomId) => other.socket.rooms.has(roomKey(roomId)));
  }
}
