import { isMetadata, type Metadata } from "./metadata.ts";
import { isInstance, isName } from "./names.ts";
import { isText, isUint, parseShape, type Shape } from "./shape.ts";

/** What a client says of itself when it connects (the `auth` object of socket.io). */
export interface Handshake {
  readonly protocol: number;
  readonly instance: string;
  readonly clientId?: string | undefined;
  readonly resume?: string | undefined;
  readonly token?: string | undefined;
  readonly metadata?: Metadata | undefined;
  /** It understands packets in the lean form. */
  readonly lean?: boolean | undefined;
}

/** The relay's first event on each connection. */
export interface Welcome {
  readonly clientId: string;
  readonly resume: string;
  readonly relayId: string;
  readonly sessionTimeoutMs: number;
  readonly maxPacketBytes: number;
  readonly metadata?: Metadata | undefined;
  /** Packets take the lean form on this connection, in both directions. */
  readonly lean?: boolean | undefined;
}

const handshake: Shape<Handshake> = {
  protocol: isUint,
  instance: isInstance,
  clientId: { optional: isName },
  resume: { optional: isText(256) },
  token: { optional: isText(16_384) },
  metadata: { optional: (value): value is Metadata => isMetadata(value) },
  lean: { optional: isBoolean },
};

const welcome: Shape<Welcome> = {
  clientId: isName,
  resume: isText(256),
  relayId: isName,
  sessionTimeoutMs: isUint,
  maxPacketBytes: isUint,
  metadata: { optional: (value): value is Metadata => isMetadata(value) },
  lean: { optional: isBoolean },
};

function isBoolean(value: unknown): value is boolean {
  return typeof value === "boolean";
}

/** Checks a handshake; undefined when it is malformed. Its version is checked by the caller, so that a mismatch can be named. */
export function parseHandshake(value: unknown): Handshake | undefined {
  return parseShape(value, handshake);
}

/** Checks a welcome; undefined when it is malformed. */
export function parseWelcome(value: unknown): Welcome | undefined {
  return parseShape(value, welcome);
}
