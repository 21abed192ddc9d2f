import { checkName } from "@peerloom/protocol";

/** What a program hears on its socket when something it did failed on the way: a `PeerloomError`. */
export const SERVER_ERROR = "SERVER_ERROR";
/** What a program hears on its socket when a target, or the other end of a stream, is gone: its client id. */
export const MULTI_API_TARGET_DISCONNECT = "MULTI_API_TARGET_DISCONNECT";
/** The name under which streams are opened; their metadata is a `ConnectionInfo`. */
export const MULTI_API_CREATE_STREAM = "MULTI_API_CREATE_STREAM";
/** How the server asks a client to enter a room, and to leave it: the room. */
export const JOIN_ROOM = "JOIN_ROOM";
export const LEAVE_ROOM = "LEAVE_ROOM";
/** How the relay speaks in the name of one of its services: the service, the event, its arguments. */
export const P2P_EMIT = "P2P_EMIT";

/**
 * Each API is a service of its own in the relay's list, `service/api`: so the relay's own answer where the relay has the API, and a
 * client's where it has not. A `/` or `%` in the service's name is escaped.
 *
 * @throws TypeError when a name is none, or both together have more than 127 bytes.
 */
export function apiName(service: string, api: string): string {
  checkName(service, "a service's name");
  checkName(api, "an API's name");
  return checkName(`${escapeName(service)}/${api}`, "a service's and an API's name together");
}

/** Does this entry of the relay's list belong to `service`? */
export function belongsTo(entry: string, service: string): boolean {
  return entry === service || entry.startsWith(`${escapeName(service)}/`);
}

function escapeName(service: string): string {
  return service.replaceAll("%", "%25").replaceAll("/", "%2F");
}
