/** Stable and documented in docs/errors.md; sent on the wire, so renaming one is a breaking change. */
export type ErrorCode =
  | "ABORTED"
  | "ALREADY_JOINED"
  | "BAD_HANDSHAKE"
  | "BAD_PACKET"
  | "BAD_REQUEST"
  | "BAD_SIGNAL"
  | "BUSY"
  | "CLIENT_ID_REPLACED"
  | "CLIENT_ID_TAKEN"
  | "CLOSED"
  | "DRIVER_ERROR"
  | "DRIVER_INACTIVE"
  | "FORBIDDEN"
  | "FORGED"
  | "GAP"
  | "HANDLER_ERROR"
  | "LIMIT"
  | "NEGOTIATION_FAILED"
  | "NOT_A_MEMBER"
  | "NOT_ENCRYPTED"
  | "NOT_INSTALLED"
  | "NOT_PUBLISHED"
  | "NO_CRYPTO"
  | "NO_DIRECT"
  | "NO_HANDLER"
  | "NO_METHOD"
  | "NO_PROVIDER"
  | "NO_WEBRTC"
  | "OVERFLOW"
  | "PAIR_REFUSED"
  | "PEER_AWAY"
  | "PEER_LOST"
  | "PEER_NOT_FOUND"
  | "PEER_RESTARTED"
  | "PORT_TAKEN"
  | "PROTOCOL_ERROR"
  | "PROTOCOL_MISMATCH"
  | "RATE_LIMITED"
  | "RELAY_UNREACHABLE"
  | "STALE"
  | "TIMEOUT"
  | "TOO_LARGE"
  | "UNAUTHORIZED"
  | "UNTRUSTED";

/** What crosses the wire of an error: never its stack, never its cause. */
export interface WireError {
  readonly code: string;
  readonly message: string;
}

/** `ErrorCode`, or a code that a remote handler's own error carried. */
export type AnyCode = ErrorCode | (string & Record<never, never>);

export interface PeerloomErrorOptions extends ErrorOptions {
  /** True when a remote handler threw it; then `code` may be any string the handler chose. @defaultValue false */
  readonly remote?: boolean;
}

/** The one error class of Peerloom: `code` tells programs, `message` tells people, `cause` keeps the origin. */
export class PeerloomError extends Error {
  override readonly name = "PeerloomError";
  readonly code: AnyCode;
  readonly remote: boolean;

  constructor(code: AnyCode, message: string, { remote = false, ...options }: PeerloomErrorOptions = {}) {
    super(message, options);
    this.code = code;
    this.remote = remote;
  }

  /** Narrows by name, so an error made by another copy of the package passes too. */
  static is(value: unknown, code?: ErrorCode): value is PeerloomError {
    if (!(value instanceof Error) || value.name !== "PeerloomError") return false;
    return code === undefined || (value as PeerloomError).code === code;
  }
}

const codeForm = /^[A-Za-z][A-Za-z0-9_.:-]{0,63}$/;
const maxMessageLength = 1024;

/**
 * Reduces anything thrown to `{ code, message }`; what has no usable string `code` gets `fallback`. Never throws, not even for
 * errors whose getters do.
 */
export function toWireError(thrown: unknown, fallback: ErrorCode = "HANDLER_ERROR"): WireError {
  const isObject = (typeof thrown === "object" && thrown !== null) || typeof thrown === "function";
  if (!isObject) return { code: fallback, message: cut(String(thrown)) };
  const code = read(thrown, "code");
  const message = read(thrown, "message");
  return {
    code: code !== undefined && codeForm.test(code) ? code : fallback,
    message: message === undefined ? "something without a message was thrown" : cut(message),
  };
}

/** A property that is a string. Errors of another realm or library need not be instances of this `Error`. */
function read(thrown: object, key: string): string | undefined {
  try {
    const value: unknown = Reflect.get(thrown, key);
    return typeof value === "string" ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The first part of a message, without half a surrogate pair at its end. */
function cut(message: string): string {
  return message.length > maxMessageLength ? message.slice(0, maxMessageLength).replace(/[\ud800-\udbff]$/, "") : message;
}
