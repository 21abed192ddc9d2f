import type { Client, Room } from "@peerloom/client";
import type { Socket } from "socket.io-client";

/** One stay in one room, for all that needs the connection. */
export interface Session {
  readonly client: Client;
  readonly room: Room;
  /** The client's own socket: signaling goes over it too. */
  readonly socket: Socket;
  /** Aborts when the room is left. */
  readonly signal: AbortSignal;
}

/** A part of the page that lives with a stay: is told when one begins, and hears of its end by the signal. */
export type Attachment = (session: Session) => void;
