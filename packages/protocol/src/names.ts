import { WIRE } from "./limits.ts";
import { utf8Length } from "./text.ts";

/** Event names that begin with this belong to Peerloom. */
export const RESERVED_PREFIX = "peerloom:";

/** Nearly all names are of this form, which is quickly told. */
const plainName = /^[ -~]+$/;
const nameForm = /^[^\u0000-\u001f\u007f]+$/;
const loneSurrogate = /\p{Surrogate}/u;
const instanceForm = /^[A-Za-z0-9_-]{8,32}$/;
const sessionIdForm = /^[A-Za-z0-9_-]{8,32}\.[1-9][0-9]{0,15}$/;

/** A client id, room, event or channel: 1–128 bytes of well-formed Unicode without control characters. */
export function isName(value: unknown): value is string {
  if (typeof value !== "string" || value.length > WIRE.maxNameBytes) return false;
  return plainName.test(value) || (nameForm.test(value) && !loneSurrogate.test(value) && utf8Length(value) <= WIRE.maxNameBytes);
}

/** The name of a room that applications join: a name that is not reserved. */
export function isRoomName(value: unknown): value is string {
  return isName(value) && !value.startsWith(RESERVED_PREFIX);
}

/** The random id of one client object. */
export function isInstance(value: unknown): value is string {
  return typeof value === "string" && instanceForm.test(value);
}

/** `<instance>.<n>`. */
export function isSessionId(value: unknown): value is string {
  return typeof value === "string" && sessionIdForm.test(value);
}

/** The instance a session id belongs to. */
export function instanceOf(sessionId: string): string {
  return sessionId.slice(0, sessionId.indexOf("."));
}

/** Checks a name given by the application. @throws TypeError naming the value when it is none. */
export function checkName(value: unknown, what: string): string {
  if (isName(value)) return value;
  throw new TypeError(`${what} must be a string of 1 to ${WIRE.maxNameBytes} bytes without control characters, not ${describe(value)}`);
}

/** Checks a room's name given by the application. @throws TypeError when it is no name, or reserved. */
export function checkRoomName(value: unknown): string {
  const name = checkName(value, "a room's name");
  if (name.startsWith(RESERVED_PREFIX)) throw new TypeError(`names of rooms that begin with "${RESERVED_PREFIX}" are reserved`);
  return name;
}

/** Checks an event name given by the application. @throws TypeError when it is no name, or reserved. */
export function checkEventName(value: unknown): string {
  const name = checkName(value, "an event name");
  if (name.startsWith(RESERVED_PREFIX)) throw new TypeError(`event names that begin with "${RESERVED_PREFIX}" are reserved`);
  return name;
}

function describe(value: unknown): string {
  return typeof value === "string" ? JSON.stringify(value.slice(0, 40)) : typeof value;
}
