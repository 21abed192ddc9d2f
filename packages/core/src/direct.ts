import type { PeerloomError } from "./error.ts";
import type { Responder, Packet, PathName, Transport } from "./port.ts";
import type { WaitOptions } from "./wait.ts";

/** What direct paths need of the client they belong to. None of these throws. */
export interface DirectHost {
  /** The client's own id; empty before the relay's first welcome. */
  readonly id: string;
  /** Sends a request of Peerloom's own within the session, by whatever path there is. */
  request(to: string, name: string, args: readonly unknown[], wait?: WaitOptions): Promise<unknown>;
  /** Registers what answers such requests. */
  handle(name: string, handler: Responder): void;
  /** The ICE servers that the relay gives its clients; none when it gives none. */
  iceServers(wait: WaitOptions): Promise<readonly RTCIceServer[]>;
  /** Is there a session with this peer? */
  hasSession(id: string): boolean;
  /** Does the relay reach this peer, as far as is known? */
  isRelayUp(id: string): boolean;
  /** The path that packets to this peer take. */
  pathOf(id: string): PathName;
  /** Bytes that have travelled between this client and a peer. */
  bytesOf(id: string): number;
  /** The direct path to a peer takes packets from now on. */
  up(id: string): void;
  /** It is lost, with what was under way. */
  down(id: string): void;
  /** It takes packets again after `send` returned false. */
  writable(id: string): void;
  /** A packet has come by it; unchecked but for its sender. */
  receive(from: string, text: string, attachments: readonly Uint8Array[]): void;
  /** Something went wrong that the application may want to know. */
  failed(id: string, error: unknown): void;
}

/** Direct paths of one client. None of these throws. */
export interface DirectPaths {
  /** Like `Transport.send`. */
  send(to: string, packet: Packet): ReturnType<Transport["send"]>;
  /** A session with a peer has begun here. */
  opened(id: string): void;
  /** Both sides have spoken, or much has been said. */
  met(id: string): void;
  /** The session with a peer has ended, with this error. */
  ended(id: string, error: PeerloomError): void;
  /** Packets by the direct path get no acknowledgement. */
  silent(id: string): void;
  /** `Remote.goDirect` to `id`. */
  goDirect(id: string, wait: WaitOptions): Promise<void>;
  /** `Remote.goRelay` for `id`. */
  goRelay(id: string): void;
  /** Lets all go; idempotent, never rejects. */
  close(): Promise<void>;
}

/** Makes the direct paths of one client: what `direct()` of `@peerloom/direct` returns, for the option `direct`. */
export interface DirectMaker {
  start(host: DirectHost): DirectPaths;
}
