import type { Socket } from "socket.io";
import type { Signal } from "./payloads.ts";

/** A message to a front end: the name of the event, and what comes with it. */
export interface PlainMessage {
  readonly type: string;
  readonly args: readonly unknown[];
}

/** What plain signaling tells the program it runs in, each with these arguments. */
export interface PlainSignalingEvents {
  /** A front end has connected. */
  connection: [socket: Socket];
  /** A message was sent to `socket`. */
  message: [socket: Socket, message: PlainMessage];
  /** An offer of `socket` was sent to the one it is for: `signal.target`. */
  offer: [socket: Socket, signal: Signal];
  /** An answer of `peerId` was sent to `socket`. */
  answer: [socket: Socket, peerId: string, signal: Signal];
  /** The registered ones were told of `socket`, which has registered. */
  announce: [socket: Socket];
  /** `socket` was told who is registered. */
  peers: [socket: Socket, peers: readonly string[]];
  /** A front end is gone. */
  remove: [peerId: string];
  /** A message could not be sent to `socket`, and it was removed for that; or something else failed, and no socket is to blame. */
  error: [error: Error, socket: Socket | undefined];
}
