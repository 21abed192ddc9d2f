import type { AnyCode } from "@peerloom/core";

/** Refusals of a connection that pass with time; any other is the relay's decision. */
const temporary: ReadonlySet<AnyCode> = new Set(["BUSY", "CLOSED", "LIMIT", "RATE_LIMITED", "TIMEOUT"]);

/** `bye` codes that end the client; after any other it reconnects. docs/protocol.md section 2.2. */
const final: ReadonlySet<AnyCode> = new Set(["CLIENT_ID_REPLACED", "FORBIDDEN", "PROTOCOL_ERROR", "RATE_LIMITED", "UNAUTHORIZED"]);

/** Is it of use to connect again after being refused with this code? */
export function isTemporaryRefusal(code: AnyCode): boolean {
  return temporary.has(code);
}

/** Does this `bye` end the client? */
export function isFinalBye(code: AnyCode): boolean {
  return final.has(code);
}
