import { isName, isText, isUint, parseNotice, type Notice } from "@peerloom/protocol";
import type { SocketLike } from "./socket-like.ts";

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

/** The events of docs/protocol.md section 2.2 but those of the connection itself. A reader returns false when the form is wrong. */
const readers: { readonly [event: string]: Reader } = {
  p: ([from, text, ...rest], sink) => isName(from) && sink.packet(from, text, rest),
  r: ([room, from, next, text, ...rest], sink) => isName(room) && isName(from) && sink.roomPacket(room, from, next, text, rest),
  u: ([to, code, serial], sink) => isName(to) && isCode(code) && isUint(serial) && sink.refused(to, code, serial),
  ready: ([to], sink) => isName(to) && sink.ready(to),
  notify: ([body], sink) => {
    const notice = parseNotice(body);
    return notice !== undefined && sink.notice(notice);
  },
  ask: (args, sink) => sink.ask(args[0], args.at(-1)),
};

/** Listens to the relay's events on a socket. Nothing the relay sends can throw out of it. Returns what stops it. */
export function listen(socket: SocketLike, sink: IncomingSink): () => void {
  const listeners = Object.entries(readers).map(([event, read]) => {
    const listener = (...args: unknown[]): void => {
      try {
        if (read(args, sink) === false) sink.malformed(event);
      } catch (thrown) {
        sink.failed(thrown);
      }
    };
    socket.on(event, listener);
    return [event, listener] as const;
  });
  return () => {
    for (const [event, listener] of listeners) socket.off(event, listener);
  };
}
