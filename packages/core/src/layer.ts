import type { AnyCode, PeerloomError } from "./error.ts";
import type { PathName, Transport } from "./port.ts";
import type { WaitOptions } from "./wait.ts";

/** What a transport tells those who send by it: the inputs of an endpoint. None of these throws, whatever it is given. */
export interface TransportUser {
  /** The relay is up, and knows this client under this id. */
  connected(id: string, options?: { readonly sessionTimeoutMs?: number }): void;
  /** The connection to the relay is lost. */
  disconnected(): void;
  /** Packets by the relay are taken again after `send` returned false. */
  writable(): void;
  /** A packet has come; `from` is proven, the rest is unchecked. */
  receive(from: string, text: unknown, attachments: readonly unknown[], path?: PathName): void;
  /** The relay did not forward packet `serial`. */
  refused(to: string, code: AnyCode, serial: number): void;
  /** `to`, which was busy, takes packets again. */
  ready(to: string): void;
  /** The relay tells how a peer stands. */
  presence(update: {
    readonly id: string;
    readonly state: "here" | "away" | "gone" | "absent";
    readonly instance?: string | undefined;
    readonly reason?: string | undefined;
  }): void;
  directUp(id: string): void;
  /** The direct path to a peer is lost, with what was under way by it. */
  directDown(id: string): void;
  /** It takes packets again after `send` returned false. */
  directWritable(id: string): void;
}

/** What a layer needs of the client it belongs to. */
export interface LayerHost {
  /** The random id of the client object. */
  readonly instance: string;
  /** Carries what the layer has made of the packets. */
  readonly below: Transport;
  /** Whose packets these are. */
  readonly above: TransportUser & {
    /** Nothing can be said to this peer any more, and why. */
    failed(id: string, error: PeerloomError): void;
  };
  /** Input from the wire was dropped. */
  malformed(what: string): void;
}

/** Stands between an endpoint and its transport, and makes other packets of those that pass: encryption is one. */
export interface Layer extends Transport, TransportUser {
  /** Bytes that wait in it, both ways; zero after close. */
  readonly bytes: number;
  /** Resolves when nothing waits in it; rejects when `wait` ends before. */
  settled(wait: WaitOptions): Promise<void>;
  /** Forgets everything. Idempotent. */
  close(): void;
}

/** Makes the layer of one client: what `encrypt()` of `@peerloom/encryption` returns, for the option `encryption`. */
export interface LayerMaker {
  createLayer(host: LayerHost): Layer;
}
