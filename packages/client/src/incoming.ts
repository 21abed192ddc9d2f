import { isName, isText, isUint, parseNotice, type Notice } from "@peerloom/protocol";
import { packetDecoderOf, type SocketLike } from "./socket-like.ts";

/** Where what comes from the relay goes once its form is known. */
export interface IncomingSink {
  packet(from: string, text: unknown, attachments: readonly unknown[]): void;
  roomPacket(room: string, from: string, next: unknown, text: unknown, attachments: readonly unknown[]): void;
  refused(to: string, code: string, serial: number): void;
  ready(to: string): void;
  notice(notice: Notice): void;
  ask(body: unknown, ack: unknown): void;
  malformed(what: string): void;
  /** One of the above threw: a defect of this library, which must not end the process. */
  failed(error: unknown): void;
}

type Reader = (args: readonly unknown[], sink: IncomingSink) => boolean | void;

const isCode = isText(64);
const isRoomText = isText(512);

const readPacket: Reader = ([from, text, ...rest], sink) => isName(from) && sink.packet(from, text, rest);

/** The events of docs/protocol.md section 2.2 but those of the connection itself. A reader returns false when the form is wrong. */
const readers: { readonly [event: string]: Reader } = {
  p: readPacket,
  // A room that is one of ours has a good name.
  r: ([room, from, next, text, ...rest], sink) => isRoomText(room) && isName(from) && sink.roomPacket(room, from, next, text, rest),
  rs: ([room, from, ...packets], sink) => {
    if (!isRoomText(room) || !isName(from) || packets.length === 0 || packets.length % 2 !== 0) return false;
    for (let at = 0; at < packets.length; at += 2) sink.roomPacket(room, from, packets[at], packets[at + 1], []);
    return true;
  },
  u: ([to, code, serial], sink) => isName(to) && isCode(code) && isUint(serial) && sink.refused(to, code, serial),
  ready: ([to], sink) => isName(to) && sink.ready(to),
  notify: ([body], sink) => {
    const notice = parseNotice(body);
    return notice !== undefined && sink.notice(notice);
  },
  ask: (args, sink) => sink.ask(args[0], args.at(-1)),
};

const maxHeld = 1000;

/** Listens to the relay's events on a socket. Nothing the relay sends can throw out of it. */
export class Incoming {
  readonly #socket: SocketLike;
  readonly #sink: IncomingSink;
  readonly #listeners: readonly (readonly [event: string, listener: (...args: unknown[]) => void])[];
  #held: (() => void)[] | undefined = [];

  /** Events are held, at most 1000 of them, until `release`. */
  constructor(socket: SocketLike, sink: IncomingSink) {
    this.#socket = socket;
    this.#sink = sink;
    this.#listeners = Object.entries(readers).map(([event, read]) => [event, (...args) => this.#take(event, read, args)] as const);
    for (const [event, listener] of this.#listeners) socket.on(event, listener);
    const decoder = packetDecoderOf(socket);
    if (decoder !== undefined) decoder.sink = this.#onPacket;
  }

  /** Hands on what was held, and from now on everything at once. */
  release(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const run of held) run();
  }

  stop(): void {
    this.#held = undefined;
    for (const [event, listener] of this.#listeners) this.#socket.off(event, listener);
    const decoder = packetDecoderOf(this.#socket);
    if (decoder?.sink === this.#onPacket) decoder.sink = undefined;
  }

  readonly #onPacket = ([event, ...args]: unknown[]): void => {
    if (this.#socket.connected) this.#take(String(event), readPacket, args);
  };

  #take(event: string, read: Reader, args: readonly unknown[]): void {
    if (this.#held === undefined) return this.#read(event, read, args);
    if (this.#held.length < maxHeld) this.#held.push(() => this.#read(event, read, args));
    else this.#sink.malformed(event);
  }

  #read(event: string, read: Reader, args: readonly unknown[]): void {
    try {
      if (read(args, this.#sink) === false) this.#sink.malformed(event);
    } catch (thrown) {
      this.#sink.failed(thrown);
    }
  }
}
